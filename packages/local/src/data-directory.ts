import { createHash } from "node:crypto";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { INSTALLATION_FILES } from "@berth/contracts/local/installation";

/** Where one machine's Berth keeps what it must not forget. */
export interface DataDirectory {
  readonly root: string;
  readonly credentials: string;
  readonly installation: string;
  /** Encrypts the secrets of issued access keys. */
  readonly kmsKey: string;
  readonly processes: string;
  readonly dynamodb: string;
  readonly logs: string;
  /** What containers log to awslogs. */
  readonly logEvents: string;
  /** What the event bus took. */
  readonly events: string;
  /** Rules of the event bus and where they send to, with secrets. */
  readonly eventRules: string;
  /** Events that targets of rules are yet to be sent. */
  readonly eventDeliveries: string;
  /** How far the changes of the table were told. */
  readonly changesCheckpoint: string;
  /** Bundles, where functions run as such. */
  readonly functions: string;
  /** Node's compile cache: later starts are faster. */
  readonly compileCache: string;
  /** Answers while the supervisor runs. */
  readonly controlSocket: string;
  readonly dynamodbSocket: string;
  readonly sqsSocket: string;
  readonly kmsSocket: string;
  readonly stsSocket: string;
  readonly logsSocket: string;
  /** What each role may do: `NAME.json`, a policy document that somebody has put there. */
  readonly roles: string;
  /** What tasks are made of: objects of S3, secrets and parameters, the last two sealed. */
  readonly objects: string;
  readonly secrets: string;
  readonly parameters: string;
  /** One directory for each container instance, by its number. */
  readonly instances: string;
}

/** Names every place below `root`; makes nothing. */
export function dataDirectory(root: string): DataDirectory {
  const sockets = socketDirectory(root);
  return {
    root,
    credentials: join(root, INSTALLATION_FILES.credentials),
    installation: join(root, INSTALLATION_FILES.installation),
    kmsKey: join(root, "kms.key"),
    processes: join(root, INSTALLATION_FILES.processes),
    dynamodb: join(root, "dynamodb"),
    logs: join(root, INSTALLATION_FILES.logs),
    logEvents: join(root, "log-events"),
    events: join(root, INSTALLATION_FILES.events),
    eventRules: join(root, "event-rules.json"),
    eventDeliveries: join(root, "event-deliveries"),
    changesCheckpoint: join(root, "changes-checkpoint"),
    functions: join(root, "functions"),
    compileCache: join(root, "cache"),
    controlSocket: join(sockets, "control.sock"),
    dynamodbSocket: join(sockets, "dynamodb.sock"),
    sqsSocket: join(sockets, "sqs.sock"),
    kmsSocket: join(sockets, "kms.sock"),
    stsSocket: join(sockets, "sts.sock"),
    logsSocket: join(sockets, "logs.sock"),
    roles: join(root, "roles"),
    objects: join(root, "objects"),
    secrets: join(root, "secrets.json"),
    parameters: join(root, "parameters.json"),
    instances: join(root, "instances"),
  };
}

/** The kernel's limit for the path of a Unix socket is 104 to 108 bytes; the longest name is 13. */
const LONGEST_SOCKET_DIRECTORY = 85;

/** The data directory itself, or a short place in the temporary directory where its path is too long. */
export function socketDirectory(root: string): string {
  if (Buffer.byteLength(root) <= LONGEST_SOCKET_DIRECTORY) return root;
  const digest = createHash("sha256").update(root).digest("hex").slice(0, 16);
  return join(tmpdir(), `berth-${digest}`);
}

/**
 * Makes the directories, for their owner alone: the embedded DynamoDB and SQS have no other guard
 * than the modes of the directory that holds their sockets.
 *
 * @throws Error where the directory belongs to somebody else.
 */
export function makeDataDirectory(directory: DataDirectory): void {
  for (const path of [directory.root, socketDirectory(directory.root)]) makePrivate(path);
  for (const path of [directory.dynamodb, directory.logs, directory.logEvents]) {
    mkdirSync(path, { recursive: true });
  }
}

/**
 * Removes all that Berth keeps in the directory, and the directory where nothing else is in it:
 * somebody may have named his home.
 */
export function removeDataDirectory(directory: DataDirectory): void {
  const { root: _root, ...places } = directory;
  for (const path of Object.values(places)) rmSync(path, { recursive: true, force: true });
  for (const path of [socketDirectory(directory.root), directory.root]) removeIfEmpty(path);
}

function removeIfEmpty(path: string): void {
  if (existsSync(path) && readdirSync(path).length === 0) rmdirSync(path);
}

function makePrivate(path: string): void {
  mkdirSync(path, { recursive: true, mode: 0o700 });
  const uid = process.getuid?.();
  if (uid !== undefined && statSync(path).uid !== uid) {
    throw new Error(`${path} belongs to another user. Choose another directory with --data-dir.`);
  }
  chmodSync(path, 0o700);
}

/**
 * @param why what it means that others can
 * @throws Error where others than its owner may read the file
 */
export function refuseIfShared(path: string, why: string): void {
  const mode = statSync(path).mode & 0o777;
  if ((mode & 0o077) === 0) return;
  throw new Error(
    `${path} can be read by others (mode ${mode.toString(8)}). ${why} ` +
      `Run "chmod 600 ${path}", or remove the file to get a new key.`,
  );
}

/** Writes a file of mode 0600 whole or not at all, so that no reader sees half of it. */
export function writePrivateFile(path: string, text: string): void {
  const temporary = `${path}.${process.pid}.new`;
  writeFileSync(temporary, text, { mode: 0o600 });
  renameSync(temporary, path);
}
