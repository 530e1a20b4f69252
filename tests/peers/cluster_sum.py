"""One sum over the workers that TF_CONFIG names, by TensorFlow's Python: prints it as JSON.

Its arguments are the numbers of the group and of the sum, and this worker's own values.
"""

import json
import os
import sys

import tensorflow as tf
from tensorflow.core.protobuf import config_pb2, tensorflow_server_pb2
from tensorflow.python.eager import context
from tensorflow.python.ops import collective_ops

group, instance, *values = map(float, sys.argv[1:])
described = json.loads(os.environ["TF_CONFIG"])
addresses = described["cluster"]["worker"]
config = config_pb2.ConfigProto(allow_soft_placement=True)
config.experimental.collective_group_leader = "/job:worker/replica:0/task:0"
context.context().enable_collective_ops(
    tensorflow_server_pb2.ServerDef(
        cluster=tf.train.ClusterSpec({"worker": addresses}).as_cluster_def(),
        job_name="worker",
        task_index=described["task"]["index"],
        default_session_config=config,
        protocol="grpc",
    )
)
total = collective_ops.all_reduce_v2(
    tf.constant(values),
    group_size=len(addresses),
    group_key=int(group),
    instance_key=int(instance),
    communication_hint="auto",
    timeout=60,
)
print(json.dumps(total.numpy().tolist()))
