import { type ChildProcess, fork, spawn, type StdioOptions } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

/** Programs of other packages that `berth` starts; it imports none of their code. */
const PROGRAMS = {
  agent: "@berth/agent/main",
  down: "@berth/local/down",
  prepareEngine: "@berth/local/engine/prepare",
  simulate: "@berth/simulator/main",
  supervisor: "@berth/local/supervisor/main",
} as const;

export type ProgramName = keyof typeof PROGRAMS;

const programPath = (name: ProgramName) => fileURLToPath(import.meta.resolve(PROGRAMS[name]));

/** Runs a program to its end in this terminal, standard output and all. Signals are passed on. */
export async function runProgram(name: ProgramName, args: readonly string[]): Promise<number> {
  const child = spawn(process.execPath, [programPath(name), ...args], { stdio: "inherit" });
  const release = passSignalsTo(child);
  const code = await exitCode(child);
  release();
  return code;
}

/** Runs a program to its end and keeps what it printed; errors and prompts stay in the terminal. */
export async function captureProgram(
  name: ProgramName,
  args: readonly string[],
): Promise<{ readonly code: number; readonly output: string }> {
  const child = spawn(process.execPath, [programPath(name), ...args], {
    stdio: ["inherit", "pipe", "inherit"],
  });
  let output = "";
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    output += chunk;
  });
  return { code: await exitCode(child), output };
}

/**
 * Starts a program that talks back over IPC and knows by it when we are gone. A Ctrl-C in the
 * terminal reaches us only.
 */
export function startProgram(
  name: ProgramName,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): ChildProcess {
  const stdio: StdioOptions = ["ignore", "ignore", "inherit", "ipc"];
  return fork(programPath(name), [...args], {
    env: { ...process.env, ...env },
    execArgv: [],
    detached: true,
    stdio,
  });
}

/** How a child ended; one that a signal ended counts as failed. */
export async function exitCode(child: ChildProcess): Promise<number> {
  const [code] = (await once(child, "close")) as [number | null];
  return code ?? 1;
}

/** Asks the child to end when we are asked to. Returns how to stop doing so. */
export function passSignalsTo(child: ChildProcess): () => void {
  const pass = () => void child.kill("SIGTERM");
  process.on("SIGINT", pass).on("SIGTERM", pass);
  return () => void process.off("SIGINT", pass).off("SIGTERM", pass);
}
