import { readFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { startAgent } from "./agent.ts";
import { ConfigError, parseConfigFile, readConfig } from "./config.ts";
import { lineLog } from "./log.ts";
import { useProxy } from "./proxy.ts";
import { AGENT_VERSION, BERTH_VERSION } from "./session/version.ts";
import { TerminalError } from "./terminal-error.ts";

const DEFAULT_CONFIG_FILE = "/etc/ecs/ecs.config";
/** Whoever supervises the agent starts it again after the first, and not after the second. */
const EXIT_RESTART = 1;
const EXIT_TERMINAL = 5;

const write = (line: string) => process.stdout.write(`${line}\n`);

try {
  const { version: isAsked = false, config } = commandLine();
  if (isAsked) write(`berth-agent ${BERTH_VERSION} (as Amazon ECS Agent v${AGENT_VERSION})`);
  else await run(config);
} catch (error) {
  const isTerminal = error instanceof TerminalError || error instanceof ConfigError;
  lineLog("error", write).error("agent-failed", { error });
  process.exit(isTerminal ? EXIT_TERMINAL : EXIT_RESTART);
}

function commandLine() {
  const options = { config: { type: "string" }, version: { type: "boolean" } } as const;
  try {
    return parseArgs({ options }).values;
  } catch (error) {
    throw new ConfigError([error instanceof Error ? error.message : String(error)]);
  }
}

async function run(configFile: string | undefined): Promise<void> {
  const config = readConfig(parseConfigFile(await configText(configFile)), process.env);
  if (config.proxy) useProxy(config.proxy);
  const agent = await startAgent(config, lineLog(config.logLevel, write));
  const leave = () => void agent.close().then(() => process.exit(0));
  process.once("SIGTERM", leave);
  process.once("SIGINT", leave);
  // For who started it on one machine, and waits for it.
  void agent.connected.then(() => process.send?.({ kind: "connected" }));
}

/** The named file must be there; the usual one may be missing, and then the environment says all. */
async function configText(named: string | undefined): Promise<string> {
  try {
    return await readFile(named ?? DEFAULT_CONFIG_FILE, "utf8");
  } catch (error) {
    if (named === undefined) return "";
    throw new ConfigError([`--config ${named} cannot be read: ${String(error)}`]);
  }
}
