/** `npm run build:agent`: the agent as one file, with all that it is installed by, in `dist/`. */
import { copyFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { bundleAgent } from "./bundle-agent.ts";

const BESIDE = ["berth-agent.service", "Dockerfile"];

const here = fileURLToPath(new URL(".", import.meta.url));
const dist = join(here, "../../../dist");
mkdirSync(dist, { recursive: true });
const bytes = await bundleAgent(join(dist, "berth-agent.mjs"));
for (const name of BESIDE) copyFileSync(join(here, name), join(dist, name));
console.log(`dist/berth-agent.mjs, ${Math.round(bytes / 1024)} KB; ${BESIDE.join(", ")}`);
