import protobuf from "protobufjs";

/** The parts of TensorFlow's `saved_model.proto`, and of the files it includes, that a net needs. */
const schema = `
syntax = "proto3";
message SavedModel { int64 saved_model_schema_version = 1; repeated MetaGraphDef meta_graphs = 2; }
message MetaGraphDef {
  message MetaInfoDef { repeated string tags = 4; string tensorflow_version = 5; }
  MetaInfoDef meta_info_def = 1;
  GraphDef graph_def = 2;
  map<string, SignatureDef> signature_def = 5;
}
message GraphDef { repeated NodeDef node = 1; FunctionDefLibrary library = 2; VersionDef versions = 4; }
message VersionDef { int32 producer = 1; int32 min_consumer = 2; }
message FunctionDefLibrary { repeated FunctionDef function = 1; }
message FunctionDef { OpDef signature = 1; repeated NodeDef node_def = 3; map<string, string> ret = 4; }
message OpDef {
  message ArgDef { string name = 1; }
  string name = 1; repeated ArgDef input_arg = 2; repeated ArgDef output_arg = 3;
}
message NodeDef {
  string name = 1; string op = 2; repeated string input = 3; map<string, AttrValue> attr = 5;
}
message AttrEntry { string key = 1; AttrValue value = 2; }
message AttrValue {
  message ListValue { repeated bytes s = 2; repeated int64 i = 3; }
  oneof value {
    ListValue list = 1; bytes s = 2; int64 i = 3; float f = 4; bool b = 5; int32 type = 6;
    TensorShapeProto shape = 7; TensorProto tensor = 8; NameAttrList func = 10;
  }
}
message NameAttrList { string name = 1; }
message TensorShapeProto { message Dim { int64 size = 1; } repeated Dim dim = 2; bool unknown_rank = 3; }
message TensorProto {
  int32 dtype = 1; TensorShapeProto tensor_shape = 2; bytes tensor_content = 4;
  repeated float float_val = 5; repeated double double_val = 6; repeated int32 int_val = 7;
  repeated bytes string_val = 8; repeated int64 int64_val = 10; repeated int32 half_val = 13;
}
message TensorInfo { string name = 1; int32 dtype = 2; TensorShapeProto tensor_shape = 3; }
message SignatureDef {
  map<string, TensorInfo> inputs = 1; map<string, TensorInfo> outputs = 2; string method_name = 3;
}
message BundleHeaderProto { int32 num_shards = 1; int32 endianness = 2; }
message BundleEntryProto {
  int32 dtype = 1; TensorShapeProto shape = 2; int32 shard_id = 3; int64 offset = 4; int64 size = 5;
}
`;

const { root } = protobuf.parse(schema, { keepCase: true });

/** Returns one of TensorFlow's message types. */
export function tensorFlowType(name: string): protobuf.Type {
  return root.lookupType(name);
}
