import { buildVGG } from "./lib/vgg/build.ts";
import { useEngine } from "./lib/engine/use_engine.ts";
import { saveWeights } from "./lib/weights/weights.ts";
import { classesSchema } from "./lib/weights/net.ts";
await useEngine({});
const network = { configuration: "D" as const, inputSize: 224, classes: 1000 };
const model = buildVGG(network);
await saveWeights(model, "/tmp/vgg16.safetensors", { network, classes: Array.from({length:1000},(_, i)=>({id:`${i}`,name:`class ${i}`})), fit:{mode:"crop",size:224,shortestSide:256}, normalization:{kind:"standardize",mean:[123.7,116.3,103.5],deviation:[58.4,57.1,57.4]} });
