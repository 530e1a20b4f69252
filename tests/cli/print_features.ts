import { print } from "../../lib/cli/progress.ts";
import { cpuFeatures } from "../../lib/engine/hardware.ts";

print(JSON.stringify(cpuFeatures()));
