/** The kernels of TensorFlow.js in WebAssembly that a VGG net and Grad-CAM need; all others would make the page larger. */
export { _fusedMatMulConfig } from "@tensorflow/tfjs-backend-wasm/dist/kernels/_FusedMatMul.js";
export { addConfig } from "@tensorflow/tfjs-backend-wasm/dist/kernels/Add.js";
export { erfConfig } from "@tensorflow/tfjs-backend-wasm/dist/kernels/Erf.js";
export { fusedConv2DConfig } from "@tensorflow/tfjs-backend-wasm/dist/kernels/FusedConv2D.js";
export { identityConfig } from "@tensorflow/tfjs-backend-wasm/dist/kernels/Identity.js";
export { lrnConfig } from "@tensorflow/tfjs-backend-wasm/dist/kernels/LRN.js";
export { maxConfig } from "@tensorflow/tfjs-backend-wasm/dist/kernels/Max.js";
export { maxPoolConfig } from "@tensorflow/tfjs-backend-wasm/dist/kernels/MaxPool.js";
export { meanConfig } from "@tensorflow/tfjs-backend-wasm/dist/kernels/Mean.js";
export { multiplyConfig } from "@tensorflow/tfjs-backend-wasm/dist/kernels/Multiply.js";
export { reluConfig } from "@tensorflow/tfjs-backend-wasm/dist/kernels/Relu.js";
export { reshapeConfig } from "@tensorflow/tfjs-backend-wasm/dist/kernels/Reshape.js";
export { sliceConfig } from "@tensorflow/tfjs-backend-wasm/dist/kernels/Slice.js";
export { stepConfig } from "@tensorflow/tfjs-backend-wasm/dist/kernels/Step.js";
export { sumConfig } from "@tensorflow/tfjs-backend-wasm/dist/kernels/Sum.js";
export { transposeConfig } from "@tensorflow/tfjs-backend-wasm/dist/kernels/Transpose.js";
