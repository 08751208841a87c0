/**
 * Makes sure of a Docker Engine and of the demo images: `node prepare.ts [--install-engine]`.
 * Progress and explanations go to standard error; standard output gets one line of JSON,
 * `{"dockerHost","version"}`. Ends with 3 where there is no engine and none may be installed.
 */
import { createInterface } from "node:readline/promises";
import { parseArgs } from "node:util";
import { EXIT_CODES } from "@berth/contracts/local/installation";
import { type Decision, decide, type StartMethod } from "./decide.ts";
import { prepareDemoImages } from "./demo-image.ts";
import { engineAddresses, engineClient, findEngine } from "./find-engine.ts";
import { installEngine, startEngine } from "./install.ts";
import { consentFrom, inspectMachine } from "./machine.ts";

const say = (text: string) => void process.stderr.write(`${text}\n`);

const { values } = parseArgs({
  options: { "install-engine": { type: "boolean", default: false } },
});
process.exitCode = await prepare(values["install-engine"]);

async function prepare(installFlag: boolean): Promise<number> {
  const addresses = engineAddresses(process.env);
  const consent = consentFrom({
    flag: installFlag,
    env: process.env,
    interactive: process.stdin.isTTY && process.stderr.isTTY,
  });
  const probe = await findEngine(addresses);
  const engine = await obtain(decide(probe, inspectMachine(process.env), consent), addresses);
  if (!engine) return EXIT_CODES.engineMissing;
  await makeDemoImages(engine.dockerHost);
  process.stdout.write(`${JSON.stringify(engine)}\n`);
  return EXIT_CODES.ok;
}

interface Engine {
  readonly dockerHost: string;
  readonly version: string;
}

async function obtain(
  decision: Decision,
  addresses: readonly string[],
): Promise<Engine | undefined> {
  switch (decision.kind) {
    case "use":
      return { dockerHost: decision.dockerHost, version: decision.version };
    case "start":
      return start(decision.how, addresses);
    case "install":
      return install(decision.how, addresses);
    case "ask": {
      if (await agreed()) return install(decision.how, addresses);
      const explanation = decide(
        { kind: "silent", tried: addresses },
        inspectMachine(process.env),
        "refused",
      );
      return obtain(explanation, addresses);
    }
    case "explain":
      say(decision.reason);
      for (const command of decision.commands) say(`  ${command}`);
      return undefined;
  }
}

async function install(how: StartMethod, addresses: readonly string[]): Promise<Engine> {
  say("Installing the distribution's Docker Engine …");
  await installEngine();
  return start(how, addresses);
}

async function start(how: StartMethod, addresses: readonly string[]): Promise<Engine> {
  say("Starting Docker Engine …");
  const { dockerHost, version } = await startEngine(how, addresses);
  say(`Docker Engine ${version} answers.`);
  return { dockerHost, version };
}

async function agreed(): Promise<boolean> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await terminal.question(
    "No Docker Engine answers. Install and start the distribution's (docker.io)? [y/N] ",
  );
  terminal.close();
  return /^y(es)?$/i.test(answer.trim());
}

/** Berth works without them: no engine's fault and no reason to stop. */
async function makeDemoImages(dockerHost: string): Promise<void> {
  try {
    const made = await prepareDemoImages(engineClient(dockerHost, 60_000));
    if (made.length > 0) say(`Made the images ${made.join(" and ")}.`);
  } catch (error) {
    say(`The demo images could not be made: ${(error as Error).message}`);
  }
}
