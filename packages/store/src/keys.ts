import { taskIdStem } from "@berth/domain/task-id";
import type { InstanceName } from "./store.ts";
import type { Key } from "./table.ts";

/**
 * All keys of the single table; docs/STORE.md shows them beside the access patterns. `#` parts
 * them: it sorts below every character that a name may have, and none may have it.
 */

export const CLUSTERS = "clusters";
export const clusterKey = (name: string): Key => ({ pk: CLUSTERS, sk: name });

export const CAPACITY_PROVIDERS = "capacityProviders";
export const capacityProviderKey = (name: string): Key => ({ pk: CAPACITY_PROVIDERS, sk: name });

export const familyPartition = (family: string) => `family#${family}`;
export const taskDefinitionKey = (family: string, revision: number): Key => ({
  pk: familyPartition(family),
  sk: paddedRevision(revision),
});
export const familyOf = ({ pk }: Key) => partAfter(pk);
export const revisionOf = ({ sk }: Key) => Number(sk);

/** By family and numeric revision. */
export const taskDefinitionListing = (status: string, family: string, revision: number) => ({
  listPk: taskDefinitionList(status),
  listSk: `${inFamily(family)}${paddedRevision(revision)}`,
});
export const taskDefinitionList = (status: string) => `taskDefinitions#${status}`;
export const inFamily = (family: string) => `${family}#`;
/** Sorts after every revision of the family and before the next family. */
export const pastFamily = (family: string) => `${family}#~`;

export const instanceKey = (cluster: string, id: string): Key => ({
  pk: `instances#${cluster}`,
  sk: id,
});
/** One machine may be several instances: of several clusters, or registered anew. */
export const hostListing = (ec2InstanceId: string, { cluster, id }: InstanceName) => ({
  listPk: hostList(ec2InstanceId),
  listSk: `${cluster}#${id}`,
});
export const hostList = (ec2InstanceId: string) => `hosts#${ec2InstanceId}`;
/** The ledgers of a cluster lie in shards (ADR 0025). */
export const ledgerPartition = (cluster: string, shard: number) =>
  `ledgers#${cluster}#${shardDigits(shard)}`;
export const ledgerKey = (cluster: string, id: string): Key => ({
  pk: ledgerPartition(cluster, ledgerShardOf(id)),
  sk: id,
});
/** An instance id begins with its shard: by id, they come shard by shard. */
export const ledgerShardOf = (id: string) => Number.parseInt(id.slice(0, SHARD_DIGITS), 16) || 0;
export const instanceIdIn = (shard: number, digits: string) =>
  `${shardDigits(shard)}${digits}`.slice(0, INSTANCE_ID_DIGITS);
/** Sorts after all ids of the shards before it, and before all of its own. */
export const startOfLedgerShard = (shard: number) => shardDigits(shard);
export const ledgerShardsKey = (cluster: string): Key => ({ pk: "ledgerShards", sk: cluster });

/** Who repeats a registration with its token comes to the same id. */
export const registrationKey = (cluster: string, token: string): Key => ({
  pk: `registrations#${cluster}`,
  sk: token,
});

/** By time: who has seen some asks for those that came after. */
export const joinedListing = (cluster: string, id: string, joinedAt: number) => ({
  listPk: joinedList(cluster),
  listSk: `${paddedTime(joinedAt)}#${id}`,
});
export const joinedList = (cluster: string) => `joined#${cluster}`;
/** Sorts before all that joined then or later. */
export const joinedFrom = (joinedAt: number) => paddedTime(joinedAt);

/** By time, the longest away first. One list: no more agents come and go in a second than gateways let in. */
export const AWAY_LIST = "away";
export const awayListing = (since: number, { cluster, id }: InstanceName) => ({
  listPk: AWAY_LIST,
  listSk: `${paddedTime(since)}#${cluster}#${id}`,
});
export const awaySinceOf = (listSk: string) => Number(listSk.slice(0, TIME_DIGITS));

export const taskPartition = (cluster: string) => `tasks#${cluster}`;
export const taskKey = (cluster: string, id: string): Key => ({
  pk: taskPartition(cluster),
  sk: id,
});
export const archivePartition = (cluster: string) => `archive#${cluster}`;
export const archivedTaskKey = (cluster: string, id: string): Key => ({
  pk: archivePartition(cluster),
  sk: id,
});
/** Tasks of a group lie side by side, but for those of no service that are in other shards. */
export const taskPrefix = (group: string) => taskIdStem(group);

export const servicePartition = (cluster: string) => `services#${cluster}`;
export const serviceKey = (cluster: string, name: string): Key => ({
  pk: servicePartition(cluster),
  sk: name,
});

/** Who may want capacity of a cluster: what the places in its list begin with, in that order. */
export const WANTING = { daemon: "1#", service: "2#", run: "3#" } as const;
export const wantingList = (cluster: string) => `wanting#${cluster}`;
export const daemonListing = (cluster: string, name: string) => ({
  listPk: wantingList(cluster),
  listSk: `${WANTING.daemon}${name}`,
});
export const waitingListing = (cluster: string, name: string) => ({
  listPk: wantingList(cluster),
  listSk: `${WANTING.service}${name}`,
});

export const queuedRunPartition = (cluster: string) => `queuedRuns#${cluster}`;
export const queuedRunKey = (cluster: string, id: string): Key => ({
  pk: queuedRunPartition(cluster),
  sk: id,
});
/** By time, the oldest first. */
export const queuedListing = (cluster: string, id: string, queuedAt: number) => ({
  listPk: wantingList(cluster),
  listSk: `${WANTING.run}${paddedTime(queuedAt)}#${id}`,
});

export const eventPartition = (cluster: string, service: string) => `events#${cluster}#${service}`;
export const eventSortKey = (createdAt: number, id: string) => `${paddedTime(createdAt)}#${id}`;
export const eventOf = ({ sk }: Key) => ({
  createdAt: Number(sk.slice(0, TIME_DIGITS)),
  id: sk.slice(TIME_DIGITS + 1),
});

/** By id, which is from the latest back. */
export const serviceDeploymentPartition = (cluster: string, service: string) =>
  `serviceDeployments#${cluster}#${service}`;
export const serviceRevisionKey = (cluster: string, service: string, id: string): Key => ({
  pk: `serviceRevisions#${cluster}#${service}`,
  sk: id,
});

export const sessionKey = (cluster: string, containerInstanceId: string): Key => ({
  pk: `sessions#${cluster}`,
  sk: containerInstanceId,
});
export const connectionKey = (connectionId: string): Key => ({
  pk: "connections",
  sk: connectionId,
});

export const streamPartition = (containerInstanceId: string) =>
  `streamSessions#${containerInstanceId}`;
export const streamSessionKey = (containerInstanceId: string, id: string): Key => ({
  pk: streamPartition(containerInstanceId),
  sk: id,
});
/** By the time of its end: those whose time is over lie before the others. */
export const streamListing = (principalArn: string, until: number, id: string) => ({
  listPk: streamList(principalArn),
  listSk: `${paddedTime(until)}#${id}`,
});
export const streamList = (principalArn: string) => `streamSessions#${principalArn}`;
/** Sorts before all that last until then or longer. */
export const streamsUntil = (until: number) => paddedTime(until);
export const streamConnectionKey = (connectionId: string): Key => ({
  pk: "streamConnections",
  sk: connectionId,
});

export const ACCESS_KEYS = "accessKeys";
export const accessKeyKey = (id: string): Key => ({ pk: ACCESS_KEYS, sk: id });
/** What ids begin with, as AWS's do. */
export const LASTING = "AKIA";
export const TEMPORARY = "ASIA";

/** By the time of writing: who has read up to a batch goes on behind it. */
export const EVENT_HISTORY = "eventHistory";
export const eventHistoryKey = (at: number, digest: string): Key => ({
  pk: EVENT_HISTORY,
  sk: `${paddedTime(at)}#${digest}`,
});

/** By time: an instance's are read from a moment on. Parts of what was told at one moment differ in their digests. */
export const usagePartition = ({ cluster, id }: InstanceName) => `usage#${cluster}#${id}`;
export const usageKey = (
  report: { readonly cluster: string; readonly containerInstanceId: string; readonly at: number },
  digest: string,
): Key => ({
  pk: usagePartition({ cluster: report.cluster, id: report.containerInstanceId }),
  sk: `${paddedTime(report.at)}#${digest}`,
});
/** Sorts before all that was told then or later. */
export const usageFrom = (at: number) => paddedTime(at);
export const usageOf = ({ pk, sk }: Key) => {
  const [, cluster = "", containerInstanceId = ""] = pk.split("#");
  return { cluster, containerInstanceId, at: Number(sk.slice(0, TIME_DIGITS)) };
};

export const API_TOKENS = "apiTokens";
export const apiTokenKey = (id: string): Key => ({ pk: API_TOKENS, sk: id });

export const ALARMS = "alarms";
export const alarmKey = (name: string): Key => ({ pk: ALARMS, sk: name });

export const accountSettingsKey = (principalArn: string): Key => ({
  pk: "accountSettings",
  sk: principalArn,
});

/** The name of the partition's kind, and what it belongs to. */
export const kindOf = ({ pk }: Pick<Key, "pk">) => pk.slice(0, Math.max(0, pk.indexOf("#")));
/** A shard may come after it. */
export const clusterOf = ({ pk }: Key) => pk.split("#")[1] ?? "";

/** Ten digits hold every revision that the API takes (an int32). */
const paddedRevision = (revision: number) => String(revision).padStart(10, "0");
/** So many digits of milliseconds last until the year 2286. */
const TIME_DIGITS = 13;
const paddedTime = (epochMs: number) => String(Math.max(0, epochMs)).padStart(TIME_DIGITS, "0");
const SHARD_DIGITS = 2;
const INSTANCE_ID_DIGITS = 32;
const shardDigits = (shard: number) => shard.toString(16).padStart(SHARD_DIGITS, "0");
const partAfter = (pk: string) => pk.slice(pk.indexOf("#") + 1);
