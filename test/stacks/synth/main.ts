/** Runs the program of one stage under Pulumi's mocks and writes down what it asked for. */
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { PLATFORM } from "../paths.ts";
import { watchDependencies } from "./dependencies.ts";
import type { Monitor } from "./dependencies.ts";
import { createMocks } from "./mocks.ts";
import type { RecordedResource } from "./mocks.ts";
import { bundleProgram } from "./program.ts";
import type { Plant } from "./program.ts";
import { startRpcServer } from "./rpc-server.ts";
import { withTabs } from "./tabs.ts";
import type { Monitored } from "./tabs.ts";

interface BuiltProgram {
  readonly pulumi: {
    readonly runtime: {
      setMocks(mocks: unknown, project: string, stack: string): Promise<void>;
      runInPulumiStack(program: () => Promise<unknown>): Promise<unknown>;
      getMonitor(): Monitor & { readonly resources: Monitored };
      disconnect(): Promise<void>;
    };
  };
  readonly run: (program: () => Promise<unknown>) => Promise<unknown>;
  readonly config: { run(): Promise<unknown> };
}

/** What `sst secret set` would have set. */
const ACCESS_KEYS = JSON.stringify([
  { accessKeyId: "AKIARECORDED", secretAccessKey: "recorded", principalArn: "arn:aws:iam::1:root" },
]);

const [stage = "", recording = "", command = "deploy", plants = "[]"] = process.argv.slice(2);
// The bundle imports what SST installed beside it.
const out = join(PLATFORM, `synth-${process.pid}.mjs`);
const rpc = await startRpcServer();
Object.assign(process.env, { SST_SERVER: rpc.url, SST_SECRET_AccessKeys: ACCESS_KEYS });

const recorded: RecordedResource[] = [];
try {
  await bundleProgram({
    stage,
    dev: command === "dev",
    out,
    plants: JSON.parse(plants) as Plant[],
  });
  const { pulumi, run, config } = (await import(pathToFileURL(out).href)) as BuiltProgram;
  await pulumi.runtime.setMocks(createMocks(recorded), "berth", stage);
  const monitor = pulumi.runtime.getMonitor();
  const withDependencies = watchDependencies(monitor);
  await pulumi.runtime.runInPulumiStack(() => run(() => config.run()));
  await pulumi.runtime.disconnect();
  const complete = withTabs(withDependencies(recorded), monitor.resources);
  writeFileSync(recording, JSON.stringify(complete, null, 2));
} finally {
  rmSync(out, { force: true });
  rpc.stop();
}
