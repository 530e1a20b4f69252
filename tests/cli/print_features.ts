import { log } from "../../lib/cli/progress.ts";
import { cpuFeatures } from "../../lib/engine/hardware.ts";

log(JSON.stringify(cpuFeatures()));
