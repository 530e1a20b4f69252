import protobuf from "protobufjs";

/** The parts of `onnx.proto` that a network needs. */
const schema = `
syntax = "proto3";
message ModelProto {
  int64 ir_version = 1; string producer_name = 2; GraphProto graph = 7;
  repeated OperatorSetIdProto opset_import = 8; repeated StringStringEntryProto metadata_props = 14;
}
message OperatorSetIdProto { string domain = 1; int64 version = 2; }
message StringStringEntryProto { string key = 1; string value = 2; }
message GraphProto {
  repeated NodeProto node = 1; string name = 2; repeated TensorProto initializer = 5;
  repeated ValueInfoProto input = 11; repeated ValueInfoProto output = 12;
}
message NodeProto {
  repeated string input = 1; repeated string output = 2; string name = 3; string op_type = 4;
  repeated AttributeProto attribute = 5;
}
message AttributeProto {
  string name = 1; float f = 2; int64 i = 3; bytes s = 4; repeated float floats = 7;
  repeated int64 ints = 8; int32 type = 20; TensorProto t = 5;
}
message TensorProto {
  repeated int64 dims = 1; int32 data_type = 2; string name = 8;
  repeated float float_data = 4; repeated int32 int32_data = 5; repeated int64 int64_data = 7;
  bytes raw_data = 9; repeated double double_data = 10;
  repeated StringStringEntryProto external_data = 13; int32 data_location = 14;
}
message ValueInfoProto { string name = 1; TypeProto type = 2; }
message TypeProto {
  message Tensor { int32 elem_type = 1; TensorShapeProto shape = 2; }
  Tensor tensor_type = 1;
}
message TensorShapeProto {
  message Dimension { int64 dim_value = 1; string dim_param = 2; }
  repeated Dimension dim = 1;
}
`;

const { root } = protobuf.parse(schema, { keepCase: true });

/** The message type of an ONNX file. */
export const onnxModel: protobuf.Type = root.lookupType("ModelProto");
export const onnxGraph: protobuf.Type = root.lookupType("GraphProto");
export const onnxNode: protobuf.Type = root.lookupType("NodeProto");
export const onnxAttribute: protobuf.Type = root.lookupType("AttributeProto");
export const onnxTensor: protobuf.Type = root.lookupType("TensorProto");

/** ONNX's number for the type of 32-bit floats. */
export const onnxFloat = 1;
