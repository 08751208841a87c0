import { fork } from "node:child_process";
import { once } from "node:events";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import type { PlayedSeed } from "./soak-worker.ts";

/** A line of progress for so many seeds. */
const TOLD_EVERY = 500;
const WORKER = fileURLToPath(new URL("soak-worker.ts", import.meta.url));

const from = numberOf("FROM", 1);
const seeds = numberOf("SEEDS", 20_000);
const workers = Math.min(seeds, numberOf("WORKERS", availableParallelism()));

let next = from;
let played = 0;
let cpuSeconds = 0;
const broken: number[] = [];
const startedAt = performance.now();

await Promise.all(Array.from({ length: workers }, playOn));
say(`seeds ${from} to ${from + seeds - 1}`);
for (const seed of broken.toSorted((a, b) => a - b)) {
  console.log(`replay with SEED=${seed} npm run simulate`);
}
process.exitCode = broken.length > 0 ? 1 : 0;

/** Has a process play one seed after the other, until none is left. */
async function playOn(): Promise<void> {
  const worker = fork(WORKER);
  const giveNext = () => {
    if (next >= from + seeds) return worker.disconnect();
    worker.send(next);
    next += 1;
  };
  worker.on("message", (outcome: PlayedSeed) => {
    count(outcome);
    giveNext();
  });
  giveNext();
  const [code] = await once(worker, "exit");
  if (code !== 0) throw new Error(`A worker ended with ${code}`);
}

function count(outcome: PlayedSeed): void {
  played += 1;
  cpuSeconds += outcome.cpuSeconds;
  if (outcome.broken.length > 0) {
    broken.push(outcome.seed);
    console.log([`seed ${outcome.seed} is broken:`, ...outcome.broken].join("\n  "));
  }
  if (played % TOLD_EVERY === 0 && played < seeds) say(`${played} of ${seeds}`);
}

function say(what: string): void {
  const minutes = ((performance.now() - startedAt) / 60_000).toFixed(1);
  const each = (cpuSeconds / played).toFixed(3);
  console.log(`${what}: ${broken.length} broken, ${minutes} min, ${each} s of CPU each`);
}

function numberOf(variable: string, otherwise: number): number {
  const value = Number(process.env[variable] ?? otherwise);
  if (Number.isSafeInteger(value) && value > 0) return value;
  throw new Error(`${variable} is to be a whole number above 0`);
}
