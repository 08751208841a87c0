/**
 * What one machine's Berth keeps in its data directory and others read: the command line, the
 * tests, an operator. Files are JSON, mode 0600.
 */
export const INSTALLATION_FILES = {
  credentials: "credentials.json",
  installation: "installation.json",
  processes: "processes.json",
  logs: "logs",
  events: "events",
} as const;

/** `credentials.json`: the root access key. */
export interface RootCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** `installation.json`: what is decided at the first start and is part of every ARN since. */
export interface Installation {
  readonly region: string;
  /** Twelve digits. */
  readonly account: string;
}

/** `processes.json`: what runs now. Written anew whenever that changes, removed at a clean stop. */
export interface ProcessesFile {
  readonly endpoint: string;
  readonly supervisorPid: number;
  readonly processes: readonly ProcessEntry[];
}

export interface ProcessEntry {
  /** `dynamodb`, `sqs`, `control-plane`, `agent-1`, …. */
  readonly name: string;
  /** Absent while it waits to be started again. */
  readonly pid?: number;
  /** How often it died and was started again. */
  readonly restarts: number;
}

/** What the supervisor of one machine tells the command that started it, over Node's IPC. */
export type SupervisorMessage =
  | { readonly kind: "progress"; readonly text: string }
  | { readonly kind: "ready"; readonly endpoint: string }
  | {
      readonly kind: "failed";
      readonly message: string;
      readonly exitCode: number;
    };

/** How `berth` and the programs under it end. */
export const EXIT_CODES = {
  ok: 0,
  failure: 1,
  usage: 2,
  engineMissing: 3,
  alreadyRunning: 4,
  notRunning: 5,
} as const;
