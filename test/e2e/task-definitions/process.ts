import { expect } from "vitest";
import { sh, type Row } from "./row.ts";

const afterSide = { dependsOn: [{ containerName: "side", condition: "START" as const }] };

/** What a container's process is, and what it may do. */
export const PROCESS_ROWS: readonly Row[] = [
  {
    field: "pidMode",
    does: "host shows the processes of the instance",
    main: sh("cat /proc/1/comm"),
    task: { pidMode: "host" },
    look: async ({ host, output }) =>
      expect(await output()).toBe(await host.run("cat /proc/1/comm")),
  },
  {
    field: "pidMode",
    does: "task shows those of the task's other containers",
    main: { ...sh("ps"), ...afterSide },
    beside: [{ ...sh("exec sleep 123"), name: "side", stopTimeout: 1 }],
    task: { pidMode: "task" },
    prints: /\/pause[\s\S]*sleep 123/,
  },
  {
    field: "pidMode",
    does: "is the container's own where nothing is said",
    main: { ...sh("ps"), ...afterSide },
    beside: [{ ...sh("exec sleep 123"), name: "side", stopTimeout: 1 }],
    look: async ({ output }) => expect(await output()).not.toContain("sleep 123"),
  },
  {
    field: "ipcMode",
    does: "host is the instance's",
    main: sh("true"),
    task: { ipcMode: "host" },
    engine: { HostConfig: { IpcMode: "host" } },
  },
  {
    field: "ipcMode",
    does: "task shares memory within the task",
    main: {
      ...sh("cat /dev/shm/note"),
      dependsOn: [{ containerName: "side", condition: "SUCCESS" }],
    },
    beside: [{ ...sh("echo shared > /dev/shm/note"), name: "side", essential: false }],
    task: { ipcMode: "task" },
    prints: "shared",
  },
  {
    field: "ipcMode",
    does: "none has none to share",
    main: sh("grep -c ' /dev/shm ' /proc/mounts"),
    task: { ipcMode: "none" },
    exitCode: 1,
    prints: "0",
  },
  {
    field: "image",
    does: "runs its own command where none is given",
    until: "RUNNING",
    look: ({ engine }) => {
      const { Path, Args } = engine.get("main") ?? {};
      if (Path !== "serve" || Args?.length !== 0)
        throw new Error(`it runs ${Path} ${Args?.join()}`);
    },
  },
  {
    field: "command",
    does: "replaces that of the image",
    main: { command: ["echo", "a b", "c"] },
    prints: "a b c",
  },
  {
    field: "entryPoint",
    does: "comes before the command",
    main: { entryPoint: ["echo", "entry"], command: ["command"] },
    prints: "entry command",
  },
  {
    field: "entryPoint",
    does: "runs alone where there is no command",
    main: { entryPoint: ["printf", "alone"] },
    prints: "alone",
  },
  {
    field: "environment",
    does: "is passed as it is, with blanks, quotes and equals signs",
    main: { ...sh('echo "$A"; env | grep ^B='), environment: pairs({ A: `x "y" = $z`, B: "" }) },
    prints: `x "y" = $z\nB=`,
  },
  {
    field: "environment",
    does: "adds to that of the image",
    main: { ...sh("echo $DEMO_VERSION"), environment: pairs({ A: "1" }) },
    prints: "1",
  },
  {
    field: "environment",
    does: "has the region where the definition does not say it",
    main: sh("echo $AWS_REGION $AWS_DEFAULT_REGION"),
    prints: "us-east-1 us-east-1",
  },
  {
    field: "environment",
    does: "keeps a region of its own",
    main: { ...sh("echo $AWS_REGION"), environment: pairs({ AWS_REGION: "mars" }) },
    prints: "mars",
  },
  {
    field: "overrides.command",
    does: "replaces the definition's",
    main: { command: ["echo", "defined"] },
    overrides: { containerOverrides: [{ name: "main", command: ["echo", "overridden"] }] },
    prints: "overridden",
  },
  {
    field: "overrides.environment",
    does: "adds to the definition's, and wins",
    main: { ...sh("echo $A $B $C"), environment: pairs({ A: "1", B: "2" }) },
    overrides: {
      containerOverrides: [{ name: "main", environment: pairs({ B: "two", C: "three" }) }],
    },
    prints: "1 two three",
  },
  {
    field: "user",
    does: "is who runs the program, with a group",
    main: { command: ["id"], user: "1001:1002" },
    prints: "uid=1001 gid=1002 groups=1002",
  },
  {
    field: "user",
    does: "may be a name that the image knows",
    main: { ...sh("id -u"), user: "root" },
    prints: "0",
  },
  {
    field: "workingDirectory",
    does: "is where the program starts",
    main: { command: ["pwd"], workingDirectory: "/tmp/work" },
    prints: "/tmp/work",
  },
  {
    field: "interactive",
    does: "keeps the standard input open",
    main: { ...sh("cat"), interactive: true },
    until: "RUNNING",
    engine: { Config: { OpenStdin: true } },
  },
  {
    field: "pseudoTerminal",
    does: "gives the program a terminal",
    main: { ...sh("test -t 1 && echo terminal"), pseudoTerminal: true },
    prints: "terminal",
  },
  {
    field: "linuxParameters.initProcessEnabled",
    does: "has an init as the first process",
    main: { ...sh("cat /proc/1/comm"), linuxParameters: { initProcessEnabled: true } },
    prints: "docker-init",
  },
  {
    field: "linuxParameters.initProcessEnabled",
    does: "is off where nothing is said",
    main: sh("cat /proc/1/comm"),
    prints: "cat",
  },
  {
    field: "readonlyRootFilesystem",
    does: "lets nothing be written",
    main: { ...sh("touch /file"), readonlyRootFilesystem: true },
    exitCode: 1,
    prints: /Read-only file system/,
  },
  {
    field: "privileged",
    does: "is asked of the engine",
    main: { command: ["true"], privileged: true },
    // Whether it may start depends on the machine: see engine-limits.
    exitCode: "any",
    engine: { HostConfig: { Privileged: true } },
  },
  {
    field: "privileged",
    does: "is off where nothing is said",
    main: sh("test ! -e /dev/kmsg && grep CapEff /proc/self/status"),
    prints: "CapEff:\t00000000a80425fb",
  },
  {
    field: "linuxParameters.capabilities.add",
    does: "gives a capability more",
    main: capabilities({ add: ["SYS_TIME"] }),
    prints: "CapEff:\t00000000aa0425fb",
  },
  {
    field: "linuxParameters.capabilities.drop",
    does: "takes a capability away",
    main: capabilities({ drop: ["NET_RAW"] }),
    prints: "CapEff:\t00000000a80405fb",
  },
  {
    field: "linuxParameters.capabilities.drop",
    does: "takes ALL away, and add gives one back",
    main: capabilities({ drop: ["ALL"], add: ["NET_BIND_SERVICE"] }),
    prints: "CapEff:\t0000000000000400",
  },
  {
    field: "dockerSecurityOptions",
    does: "keeps the program from more privileges",
    main: {
      ...sh("grep NoNewPrivs /proc/self/status"),
      dockerSecurityOptions: ["no-new-privileges"],
    },
    prints: "NoNewPrivs:\t1",
  },
  {
    field: "dockerLabels",
    does: "are the container's, beside those of ECS",
    main: { command: ["true"], dockerLabels: { "com.example.team": "shop" } },
    engine: {
      Config: {
        Labels: {
          "com.example.team": "shop",
          "com.amazonaws.ecs.container-name": "main",
          "com.amazonaws.ecs.cluster": "default",
          "com.amazonaws.ecs.task-definition-version": "1",
        },
      },
    },
  },
  {
    field: "dockerLabels",
    does: "cannot pass for those of ECS",
    main: { command: ["true"], dockerLabels: { "com.amazonaws.ecs.container-name": "forged" } },
    engine: { Config: { Labels: { "com.amazonaws.ecs.container-name": "main" } } },
  },
];

function pairs(values: Readonly<Record<string, string>>) {
  return Object.entries(values).map(([name, value]) => ({ name, value }));
}

function capabilities(given: { readonly add?: string[]; readonly drop?: string[] }) {
  return { ...sh("grep CapEff /proc/self/status"), linuxParameters: { capabilities: given } };
}
