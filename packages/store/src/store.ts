import type { AccessKey } from "@berth/domain/access/access-key";
import type { ApiToken } from "@berth/domain/access/api-token";
import type { AccountSettings } from "@berth/domain/account-setting";
import type { OwnAlarm } from "@berth/domain/alarm";
import type { CapacityProvider } from "@berth/domain/capacity-provider";
import type { Cluster } from "@berth/domain/cluster";
import type { ContainerInstance, InstanceLedger } from "@berth/domain/container-instance";
import type { QueuedRun } from "@berth/domain/queued-run";
import type { Service, ServiceEvent } from "@berth/domain/service";
import type { ServiceDeployment, ServiceRevision } from "@berth/domain/service-deployment";
import type { AgentConnection, AgentSession } from "@berth/domain/session";
import type { StreamConnection, StreamSession } from "@berth/domain/stream-session";
import type { TaskDefinition } from "@berth/domain/task-definition";
import type { Task } from "@berth/domain/task";
import type { UsageReport } from "@berth/domain/container-usage";
import type { Page, WriteOutcome } from "./table.ts";

/**
 * A domain value as it was read. To write it back, spread it with what changed and keep `version`;
 * `due` says whether something is still to be done about it: leave it out to take the mark away.
 */
export type Stored<T> = T & { readonly version: number; readonly due?: number };

/** A value to be created, with its to-do mark where it has one. */
export type New<T> = T & { readonly due?: number };

export interface PageRequest {
  readonly limit: number;
  /** Opaque to callers: what an earlier page gave as `next`. */
  readonly startAfter?: string;
}

export interface ClusterRepository {
  find(name: string): Promise<Stored<Cluster> | undefined>;
  findMany(names: readonly string[]): Promise<readonly Stored<Cluster>[]>;
  create(cluster: New<Cluster>): Promise<WriteOutcome>;
  replace(cluster: Stored<Cluster>): Promise<WriteOutcome>;
  /** Names of the ACTIVE clusters, in code-unit order. */
  list(page: PageRequest): Promise<Page<string>>;
}

export interface CapacityProviderRepository {
  find(name: string): Promise<Stored<CapacityProvider> | undefined>;
  /** Strongly consistent: clusters are associated with what is found. */
  findMany(names: readonly string[]): Promise<readonly Stored<CapacityProvider>[]>;
  create(provider: CapacityProvider): Promise<WriteOutcome>;
  replace(provider: Stored<CapacityProvider>): Promise<WriteOutcome>;
  /** The ACTIVE ones by name. */
  page(page: PageRequest): Promise<Page<Stored<CapacityProvider>>>;
}

export interface TaskDefinitionRepository {
  /** The highest revision ever given in this family, whatever became of it; 0 where there is none. */
  latestRevision(family: string): Promise<number>;
  create(definition: TaskDefinition): Promise<WriteOutcome>;
  find(family: string, revision: number): Promise<Stored<TaskDefinition> | undefined>;
  findLatestActive(family: string): Promise<Stored<TaskDefinition> | undefined>;
  replace(definition: Stored<TaskDefinition>): Promise<WriteOutcome>;
  /** Nobody finds it any more; its revision stays taken. */
  remove(definition: Stored<TaskDefinition>): Promise<WriteOutcome>;
  /** `family:revision`, by family and then by numeric revision. `family` is exact. */
  list(
    filter: {
      readonly status: TaskDefinition["status"];
      readonly family?: string;
      readonly descending?: boolean;
    },
    page: PageRequest,
  ): Promise<Page<string>>;
  /** Families with a revision in one of these states, in order. `prefix` is a prefix. */
  listFamilies(
    filter: { readonly statuses: readonly TaskDefinition["status"][]; readonly prefix?: string },
    page: PageRequest,
  ): Promise<Page<string>>;
}

/**
 * So many instances share a partition key of ledgers (ADR 0025): they start 40 tasks a second at
 * best, and a placement looks at as many for one read unit at most.
 */
export const LEDGERS_PER_SHARD = 5;

export interface ContainerInstanceRepository {
  /**
   * An id for an instance that is to be created.
   *
   * @param digits random hex digits, 30 of them
   * @param token who gives it again comes to the same id, as long as history is kept
   */
  newId(cluster: string, digits: string, token?: string): Promise<string>;
  /** Writes the description first, then the ledger, whose existence makes the instance exist. */
  create(instance: ContainerInstance, ledger: New<InstanceLedger>): Promise<WriteOutcome>;
  find(cluster: string, id: string): Promise<StoredInstance | undefined>;
  findMany(cluster: string, ids: readonly string[]): Promise<readonly StoredInstance[]>;
  /** All of a cluster that are not INACTIVE. Descriptions come from a cache keyed by their version. */
  all(cluster: string): Promise<readonly StoredInstance[]>;
  /**
   * Some that are not INACTIVE, by id, as they were a moment ago. Pages may be short; where they end
   * does not depend on who is INACTIVE. One of a limit above `LEDGERS_PER_SHARD` costs one query.
   */
  slice(cluster: string, page: PageRequest): Promise<Page<StoredInstance>>;
  /** Ids of those that joined at that time (epoch ms) or later, as they were a moment ago. */
  joinedSince(cluster: string, joinedAt: number): Promise<readonly string[]>;
  /** The instances that registered with this EC2 instance id. Eventually consistent. */
  onHost(ec2InstanceId: string): Promise<readonly InstanceName[]>;
  /** Instances whose agent has been missed since before then, at most `limit`, the longest first. Eventually consistent. */
  missingAgents(before: number, limit: number): Promise<readonly InstanceName[]>;
  findLedger(cluster: string, id: string): Promise<Stored<InstanceLedger> | undefined>;
  /** Maybe as it was a moment ago. */
  glanceAtLedger(cluster: string, id: string): Promise<Stored<InstanceLedger> | undefined>;
  replaceLedger(ledger: Stored<InstanceLedger>): Promise<WriteOutcome>;
  /** Writes the description, then the ledger's `descriptionVersion`. */
  replaceDescription(instance: Stored<ContainerInstance>): Promise<WriteOutcome>;
}

export interface InstanceName {
  readonly cluster: string;
  readonly id: string;
}

export interface StoredInstance {
  readonly instance: Stored<ContainerInstance>;
  readonly ledger: Stored<InstanceLedger>;
}

export interface TaskRepository {
  create(task: New<Task>): Promise<WriteOutcome>;
  /** Live ones first, then archived ones. */
  find(cluster: string, id: string): Promise<Stored<Task> | undefined>;
  /** Strongly consistent. Live and archived ones. */
  findMany(cluster: string, ids: readonly string[]): Promise<readonly Stored<Task>[]>;
  /** Live ones only, and maybe as they were a moment ago. */
  glance(cluster: string, ids: readonly string[]): Promise<readonly Stored<Task>[]>;
  replace(task: Stored<Task>): Promise<WriteOutcome>;
  /** Strongly consistent: every live task of a group, stopped ones not yet archived included. */
  ofGroup(cluster: string, group: string): Promise<readonly Stored<Task>[]>;
  /** Tasks of a cluster, live or archived, optionally of one group, by id. Pages may be short. */
  page(
    filter: { readonly cluster: string; readonly group?: string; readonly archived: boolean },
    page: PageRequest,
  ): Promise<Page<Stored<Task>>>;
  /** Moves a stopped task out of the way of the controllers: a copy with a TTL, then the original goes. */
  archive(task: Stored<Task>): Promise<void>;
}

export interface ServiceRepository {
  find(cluster: string, name: string): Promise<Stored<Service> | undefined>;
  findMany(cluster: string, names: readonly string[]): Promise<readonly Stored<Service>[]>;
  /** Strongly consistent, for the controller. */
  findLatest(cluster: string, name: string): Promise<Stored<Service> | undefined>;
  /** Succeeds also over an INACTIVE service of that name; then its version is not the first. */
  create(service: New<Service>): Promise<WriteOutcome>;
  replace(service: Stored<Service>): Promise<WriteOutcome>;
  /** Services that are not INACTIVE, by name. */
  page(cluster: string, page: PageRequest): Promise<Page<Stored<Service>>>;
  /** Names of the ACTIVE services with the scheduling strategy DAEMON. Eventually consistent. */
  daemons(cluster: string): Promise<readonly string[]>;
  putEvents(cluster: string, name: string, events: readonly ServiceEvent[]): Promise<void>;
  /** Newest first; those of an earlier service of the same name as well, while they are kept. */
  latestEvents(cluster: string, name: string, limit: number): Promise<readonly ServiceEvent[]>;
}

export interface QueuedRunRepository {
  create(run: New<QueuedRun>): Promise<WriteOutcome>;
  /** Strongly consistent. */
  find(cluster: string, id: string): Promise<Stored<QueuedRun> | undefined>;
  replace(run: Stored<QueuedRun>): Promise<WriteOutcome>;
  /** Of a cluster, those that ended as well while they are kept, by id. */
  page(cluster: string, page: PageRequest): Promise<Page<Stored<QueuedRun>>>;
  /** Those that are WAITING, the oldest first, as they were a moment ago. */
  oldestWaiting(cluster: string, limit: number): Promise<readonly Stored<QueuedRun>[]>;
}

/** Records of service deployments that have their verdict: they never change any more. */
export interface ServiceDeploymentRepository {
  /** Written once, however often it is given. */
  put(service: ServiceName, deployment: ServiceDeployment): Promise<void>;
  findMany(service: ServiceName, ids: readonly string[]): Promise<readonly ServiceDeployment[]>;
  /** Newest first; those of an earlier service of the same name as well, while they are kept. */
  page(service: ServiceName, page: PageRequest): Promise<Page<ServiceDeployment>>;
}

export interface ServiceRevisionRepository {
  /** Written once, however often it is given. */
  put(revision: ServiceRevision): Promise<void>;
  findMany(service: ServiceName, ids: readonly string[]): Promise<readonly ServiceRevision[]>;
  /** Nothing is started from it any more: it goes after a while. */
  retire(service: ServiceName, id: string): Promise<void>;
}

export interface ServiceName {
  readonly cluster: string;
  readonly name: string;
}

export interface SessionRepository {
  find(cluster: string, containerInstanceId: string): Promise<Stored<AgentSession> | undefined>;
  findMany(
    cluster: string,
    containerInstanceIds: readonly string[],
  ): Promise<readonly Stored<AgentSession>[]>;
  create(session: New<AgentSession>): Promise<WriteOutcome>;
  replace(session: Stored<AgentSession>): Promise<WriteOutcome>;
  createConnection(connection: AgentConnection): Promise<WriteOutcome>;
  findConnection(connectionId: string): Promise<AgentConnection | undefined>;
  deleteConnection(connectionId: string): Promise<void>;
}

export interface AccessKeyRepository {
  /** Strongly consistent: a key may be used, or is revoked, as soon as that was answered. */
  find(id: string): Promise<Stored<AccessKey> | undefined>;
  create(accessKey: AccessKey): Promise<WriteOutcome>;
  replace(accessKey: Stored<AccessKey>): Promise<WriteOutcome>;
  delete(accessKey: Stored<AccessKey>): Promise<WriteOutcome>;
  /** By id: those that last, or the temporary ones. */
  page(
    filter: { readonly temporary: boolean },
    page: PageRequest,
  ): Promise<Page<Stored<AccessKey>>>;
}

export interface ApiTokenRepository {
  /** Strongly consistent, as with access keys. */
  find(id: string): Promise<Stored<ApiToken> | undefined>;
  create(token: ApiToken): Promise<WriteOutcome>;
  delete(token: Stored<ApiToken>): Promise<WriteOutcome>;
  /** By id. */
  page(page: PageRequest): Promise<Page<Stored<ApiToken>>>;
}

/** Events that were told together. */
export interface ToldEvents {
  /** Where the next page begins that goes on behind them: the time in 13 digits, and more. */
  readonly position: string;
  /** Epoch ms: when they were written. */
  readonly at: number;
  /** JSON. */
  readonly events: readonly unknown[];
}

/** What was told of changes, for a day. The function that tells writes it. */
export interface EventHistoryRepository {
  /** By the time of writing. Maybe as it was a moment ago. */
  page(page: PageRequest): Promise<Page<ToldEvents>>;
}

/** What agents said of what their containers use, for an hour. */
export interface UsageRepository {
  /** @param messageId of the agent's message: one that comes twice is kept once */
  put(report: UsageReport, messageId: string): Promise<void>;
  /** What an instance's agent said at that time (epoch ms) or later, in order. Maybe as it was a moment ago. */
  since(instance: InstanceName, from: number): Promise<readonly UsageReport[]>;
}

export interface AlarmRepository {
  find(name: string): Promise<Stored<OwnAlarm> | undefined>;
  /** Strongly consistent: a deployment completes by what they say. */
  findMany(names: readonly string[]): Promise<readonly Stored<OwnAlarm>[]>;
  create(alarm: OwnAlarm): Promise<WriteOutcome>;
  replace(alarm: Stored<OwnAlarm>): Promise<WriteOutcome>;
  delete(alarm: Stored<OwnAlarm>): Promise<WriteOutcome>;
  /** By name. */
  page(page: PageRequest): Promise<Page<Stored<OwnAlarm>>>;
}

export interface StreamSessionRepository {
  /** Strongly consistent: what one end sends must not miss the other one, which has just come. */
  find(id: string): Promise<Stored<StreamSession> | undefined>;
  create(session: New<StreamSession>): Promise<WriteOutcome>;
  replace(session: Stored<StreamSession>): Promise<WriteOutcome>;
  delete(session: Stored<StreamSession>): Promise<WriteOutcome>;
  /** At most so many of those that an instance has, as it was a moment ago. */
  onInstance(containerInstanceId: string, limit: number): Promise<readonly Stored<StreamSession>[]>;
  /** How many of a principal's are open, up to the limit, as it was a moment ago. */
  countOf(principalArn: string, now: number, limit: number): Promise<number>;
  createConnection(connection: StreamConnection): Promise<WriteOutcome>;
  findConnection(connectionId: string): Promise<StreamConnection | undefined>;
  deleteConnection(connectionId: string): Promise<void>;
}

export interface AccountSettingsRepository {
  /** Of those principals who have set something. Strongly consistent: a setting holds once that was answered. */
  findMany(principalArns: readonly string[]): Promise<readonly Stored<AccountSettings>[]>;
  create(settings: AccountSettings): Promise<WriteOutcome>;
  replace(settings: Stored<AccountSettings>): Promise<WriteOutcome>;
}

/** What an overdue mark points at: enough to send the message that was lost. */
export type Overdue =
  | {
      readonly kind: "taskDefinition";
      readonly family: string;
      readonly revision: number;
      readonly due: number;
    }
  | {
      readonly kind: "service";
      readonly cluster: string;
      readonly name: string;
      readonly due: number;
    }
  | {
      readonly kind: "streamSession";
      readonly id: string;
      readonly due: number;
    }
  | {
      readonly kind: "task" | "queuedRun";
      readonly cluster: string;
      readonly id: string;
      readonly due: number;
    }
  | {
      readonly kind: "session";
      readonly cluster: string;
      readonly containerInstanceId: string;
      readonly due: number;
    }
  | {
      readonly kind: "ledger";
      readonly cluster: string;
      readonly containerInstanceId: string;
      readonly due: number;
    };

export interface WantingCapacity {
  /** Names of the ACTIVE services with the scheduling strategy DAEMON. */
  readonly daemons: readonly string[];
  /** Names of REPLICA services with planned starts that no instance took. */
  readonly services: readonly string[];
  /** Those that are WAITING, the oldest first. */
  readonly runs: readonly Stored<QueuedRun>[];
}

export interface Store {
  readonly clusters: ClusterRepository;
  readonly capacityProviders: CapacityProviderRepository;
  readonly taskDefinitions: TaskDefinitionRepository;
  readonly instances: ContainerInstanceRepository;
  readonly tasks: TaskRepository;
  readonly services: ServiceRepository;
  readonly queuedRuns: QueuedRunRepository;
  readonly serviceDeployments: ServiceDeploymentRepository;
  readonly serviceRevisions: ServiceRevisionRepository;
  readonly sessions: SessionRepository;
  readonly streamSessions: StreamSessionRepository;
  readonly accessKeys: AccessKeyRepository;
  readonly apiTokens: ApiTokenRepository;
  readonly eventHistory: EventHistoryRepository;
  readonly usage: UsageRepository;
  readonly alarms: AlarmRepository;
  readonly accountSettings: AccountSettingsRepository;
  /** Who may want capacity of a cluster, as it was a moment ago. */
  wantingCapacity(cluster: string, maxRuns: number): Promise<WantingCapacity>;
  /** Oldest first. */
  overdue(now: number, limit: number): Promise<readonly Overdue[]>;
}

interface ChangeOf<Kind extends string, Value> {
  readonly kind: Kind;
  /** Absent where there was none, or where it took the place of another one of that name. */
  readonly before?: Stored<Value>;
  readonly after: Stored<Value>;
}

/** A write of something that ECS tells of, as the table's stream carries it. */
export type Change =
  | ChangeOf<"task", Task>
  | ChangeOf<"ledger", InstanceLedger>
  | ChangeOf<"service", Service>
  | ChangeOf<"streamSession", StreamSession>;

/** The little that telling of a change needs besides the change. */
export interface StoreReader {
  readonly taskDefinitions: Pick<TaskDefinitionRepository, "find">;
  /** What the ledger's instance registered with; undefined once that is forgotten. */
  description(ledger: InstanceLedger): Promise<Stored<ContainerInstance> | undefined>;
}
