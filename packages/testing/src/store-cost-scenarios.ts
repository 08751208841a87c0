import type { Task } from "@berth/domain/task";
import type { Store } from "@berth/store/store";
import { ACCOUNT_SETTINGS_COSTS } from "./account-settings-cost-scenarios.ts";
import { ALARM_COSTS } from "./alarm-cost-scenarios.ts";
import { API_TOKEN_COSTS } from "./api-token-cost-scenarios.ts";
import { EVENT_HISTORY_COSTS } from "./event-history-cost-scenarios.ts";
import { CAPACITY_PROVIDER_COSTS } from "./capacity-provider-cost-scenarios.ts";
import { STREAM_COSTS } from "./stream-cost-scenarios.ts";
import { USAGE_COSTS } from "./usage-cost-scenarios.ts";
import { QUEUED_RUN_COSTS } from "./queued-run-cost-scenarios.ts";
import { aCluster, aLedger, aReservation, aSession, instanceId, taskId } from "./builders.ts";
import { there } from "./store-contract-world.ts";
import {
  aTypicalAccessKey,
  aTypicalInstance,
  aTypicalExternalService,
  aTypicalRollout,
  aTypicalService,
  aTypicalServiceDeployment,
  aTypicalServiceRevision,
  aTypicalStoppedTask,
  aTypicalTask,
  aTypicalTaskDefinition,
} from "./typical-state.ts";

/** Brings the store into a state and gives back the call whose request units count. */
export type CostScenario = (store: Store) => Promise<() => Promise<unknown>>;

const DUE = 1_763_700_000_000;
const CLUSTER = aTypicalTask().cluster;
const SERVICE = aTypicalService().name;
const WEB = { cluster: CLUSTER, name: SERVICE };
const GROUP = aTypicalTask().group;
const ID = aTypicalTask().id;
const INSTANCE = aTypicalInstance().id;
const KEY = aTypicalAccessKey().id;
const session = aSession({ connectionId: "L0SM9cOFvHcCIhw=", leaseUntil: DUE });
const connection = {
  connectionId: "L0SM9cOFvHcCIhw=",
  kind: "acs",
  cluster: CLUSTER,
  containerInstanceId: INSTANCE,
  connectedAt: Date.now(),
} as const;

/** The costs in docs/STORE.md, by the first two columns of their table. */
export const COST_SCENARIOS: Readonly<Record<string, CostScenario>> = {
  "clusters.find | found": async ({ clusters }) => {
    await clusters.create(aCluster());
    return () => clusters.find("default");
  },
  "clusters.find | absent":
    async ({ clusters }) =>
    () =>
      clusters.find("default"),
  "clusters.findMany | of 10": async ({ clusters }) => {
    const names = numbers(10).map((number) => `cluster-${number}`);
    for (const name of names) await clusters.create(aCluster({ name }));
    return () => clusters.findMany(names);
  },
  "clusters.create | new":
    async ({ clusters }) =>
    () =>
      clusters.create(aCluster()),
  "clusters.create | the name is taken": async ({ clusters }) => {
    await clusters.create(aCluster());
    return () => clusters.create(aCluster());
  },
  "clusters.replace | any": async ({ clusters }) => {
    await clusters.create(aCluster());
    const read = there(await clusters.find("default"));
    return () => clusters.replace({ ...read, status: "INACTIVE" });
  },
  "clusters.list | a page of 100": async ({ clusters }) => {
    for (const number of numbers(100)) await clusters.create(aCluster({ name: `c-${number}` }));
    return () => clusters.list({ limit: 100 });
  },

  "taskDefinitions.latestRevision | any": async ({ taskDefinitions }) => {
    await createRevisions(taskDefinitions, 3);
    return () => taskDefinitions.latestRevision(SERVICE);
  },
  "taskDefinitions.create | new":
    async ({ taskDefinitions }) =>
    () =>
      taskDefinitions.create(aTypicalTaskDefinition()),
  "taskDefinitions.find | found": async ({ taskDefinitions }) => {
    await createRevisions(taskDefinitions, 1);
    return () => taskDefinitions.find(SERVICE, 1);
  },
  "taskDefinitions.findLatestActive | the last one is": async ({ taskDefinitions }) => {
    await createRevisions(taskDefinitions, 3);
    return () => taskDefinitions.findLatestActive(SERVICE);
  },
  "taskDefinitions.replace | its status": async ({ taskDefinitions }) => {
    await createRevisions(taskDefinitions, 1);
    const read = there(await taskDefinitions.find(SERVICE, 1));
    return () => taskDefinitions.replace({ ...read, status: "INACTIVE" });
  },
  "taskDefinitions.remove | any": async ({ taskDefinitions }) => {
    await createRevisions(taskDefinitions, 1);
    const read = there(await taskDefinitions.find(SERVICE, 1));
    await taskDefinitions.replace({ ...read, status: "DELETE_IN_PROGRESS", due: 1 });
    const leaving = there(await taskDefinitions.find(SERVICE, 1));
    return () => taskDefinitions.remove(leaving);
  },
  "taskDefinitions.list | a page of 20": async ({ taskDefinitions }) => {
    await createRevisions(taskDefinitions, 20);
    return () => taskDefinitions.list({ status: "ACTIVE" }, { limit: 20 });
  },
  "taskDefinitions.listFamilies | one family of 20": async ({ taskDefinitions }) => {
    await createRevisions(taskDefinitions, 20);
    return () => taskDefinitions.listFamilies({ statuses: ["ACTIVE"] }, { limit: 10 });
  },

  "instances.newId | any": async ({ instances }) => {
    await createInstances(instances, 4);
    return () => instances.newId(CLUSTER, instanceId(4).slice(2));
  },
  "instances.newId | with a token": async ({ instances }) => {
    await createInstances(instances, 4);
    return () => instances.newId(CLUSTER, instanceId(4).slice(2), TOKEN);
  },
  "instances.create | new, its agent not there yet":
    async ({ instances }) =>
    () =>
      instances.create(aTypicalInstance(), { ...aLedgerOf(INSTANCE), agentAwaySince: DUE }),
  "instances.find | its description known": async ({ instances }) => {
    await createInstances(instances, 1);
    return () => instances.find(CLUSTER, instanceId(0));
  },
  "instances.create | new, the first of its shard": async ({ instances }) => {
    await createInstances(instances, 20);
    const id = await instances.newId(CLUSTER, instanceId(20).slice(2));
    return () => instances.create(aTypicalInstance({ id }), aLedgerOf(id));
  },
  "instances.findMany | of 10, known": async ({ instances }) => {
    await createInstances(instances, 10);
    return () => instances.findMany(CLUSTER, numbers(10).map(instanceId));
  },
  "instances.all | 100 with 10 tasks each, known": async ({ instances }) => {
    await createInstances(instances, 100);
    return () => instances.all(CLUSTER);
  },
  "instances.slice | 5 of 100 with 10 tasks each, known": async ({ instances }) => {
    await createInstances(instances, 100);
    return () => instances.slice(CLUSTER, { limit: 6 });
  },
  "instances.joinedSince | none did": async ({ instances }) => {
    await createInstances(instances, 1);
    return () => instances.joinedSince(CLUSTER, DUE);
  },
  "instances.onHost | one instance": async ({ instances }) => {
    await instances.create(aTypicalInstance(), aLedgerOf(INSTANCE));
    return () => instances.onHost(aTypicalInstance().ec2InstanceId ?? "");
  },
  "instances.missingAgents | 30 are": async ({ instances }) => {
    for (const number of numbers(30)) {
      const id = instanceId(number);
      await instances.create(aTypicalInstance({ id }), { ...aLedgerOf(id), agentAwaySince: DUE });
    }
    return () => instances.missingAgents(DUE + 1, 1_000);
  },
  "instances.findLedger | any": async ({ instances }) => {
    await createInstances(instances, 1);
    return () => instances.findLedger(CLUSTER, instanceId(0));
  },
  "instances.glanceAtLedger | any": async ({ instances }) => {
    await createInstances(instances, 1);
    return () => instances.glanceAtLedger(CLUSTER, instanceId(0));
  },
  "instances.replaceLedger | up to 15 tasks": async ({ instances }) => {
    await createInstances(instances, 1);
    const ledger = there(await instances.findLedger(CLUSTER, instanceId(0)));
    return () => instances.replaceLedger({ ...ledger, reservations: reservations(15) });
  },
  "instances.replaceLedger | 100 tasks": async ({ instances }) => {
    await createInstances(instances, 1);
    const ledger = there(await instances.findLedger(CLUSTER, instanceId(0)));
    return () => instances.replaceLedger({ ...ledger, reservations: reservations(100) });
  },
  "instances.replaceLedger | its agent comes or goes": async ({ instances }) => {
    await createInstances(instances, 1);
    const ledger = there(await instances.findLedger(CLUSTER, instanceId(0)));
    return () => instances.replaceLedger({ ...ledger, agentAwaySince: DUE });
  },
  "instances.replaceDescription | any": async ({ instances }) => {
    await createInstances(instances, 1);
    const { instance } = there(await instances.find(CLUSTER, instanceId(0)));
    return () => instances.replaceDescription({ ...instance, registeredAt: DUE });
  },

  "tasks.create | any":
    async ({ tasks }) =>
    () =>
      tasks.create(aTypicalTask({ lastStatus: "PENDING" })),
  "tasks.find | live": async ({ tasks }) => {
    await tasks.create(aTypicalTask());
    return () => tasks.find(CLUSTER, ID);
  },
  "tasks.find | archived": async ({ tasks }) => {
    await createArchived(tasks);
    return () => tasks.find(CLUSTER, ID);
  },
  "tasks.findMany | of 10 live": async ({ tasks }) => {
    await createTasks(tasks, 10);
    return () => tasks.findMany(CLUSTER, taskIds(10));
  },
  "tasks.glance | of 10": async ({ tasks }) => {
    await createTasks(tasks, 10);
    return () => tasks.glance(CLUSTER, taskIds(10));
  },
  "tasks.replace | nothing about its mark": async ({ tasks }) => {
    await tasks.create(aTypicalTask());
    const read = there(await tasks.find(CLUSTER, ID));
    return () => tasks.replace({ ...read, draining: true });
  },
  "tasks.replace | sets or takes its mark": async ({ tasks }) => {
    await tasks.create(aTypicalTask());
    const read = there(await tasks.find(CLUSTER, ID));
    return () => tasks.replace({ ...read, desiredStatus: "STOPPED", due: DUE });
  },
  "tasks.replace | moves its mark": async ({ tasks }) => {
    await tasks.create({ ...aTypicalTask(), due: DUE });
    const read = there(await tasks.find(CLUSTER, ID));
    return () => tasks.replace({ ...read, due: DUE + 1 });
  },
  "tasks.ofGroup | 20 tasks": async ({ tasks }) => {
    await createTasks(tasks, 20);
    return () => tasks.ofGroup(CLUSTER, GROUP);
  },
  "tasks.page | of 100": async ({ tasks }) => {
    await createTasks(tasks, 100);
    return () => tasks.page({ cluster: CLUSTER, archived: false }, { limit: 100 });
  },
  "tasks.archive | with its mark": async ({ tasks }) => {
    await tasks.create({ ...aTypicalStoppedTask(), due: DUE });
    const read = there(await tasks.find(CLUSTER, ID));
    return () => tasks.archive(read);
  },

  "services.find | found": async ({ services }) => {
    await services.create(aTypicalService());
    return () => services.find(CLUSTER, SERVICE);
  },
  "services.findMany | of 10": async ({ services }) => {
    const names = numbers(10).map((number) => `service-${number}`);
    for (const name of names) await services.create(aTypicalService({ name }));
    return () => services.findMany(CLUSTER, names);
  },
  "services.findLatest | any": async ({ services }) => {
    await services.create(aTypicalService());
    return () => services.findLatest(CLUSTER, SERVICE);
  },
  "services.create | with a mark":
    async ({ services }) =>
    () =>
      services.create({ ...aTypicalService(), due: DUE }),
  "services.create | in place of an INACTIVE one, with a mark": async ({ services }) => {
    await services.create(aTypicalService({ status: "INACTIVE", inactiveAt: Date.now() }));
    return () => services.create({ ...aTypicalService(), due: DUE });
  },
  "services.replace | nothing about its mark": async ({ services }) => {
    await services.create({ ...aTypicalService(), due: DUE });
    const read = there(await services.find(CLUSTER, SERVICE));
    return () => services.replace({ ...read, steady: true });
  },
  "services.replace | sets or takes its mark": async ({ services }) => {
    await services.create(aTypicalService());
    const read = there(await services.find(CLUSTER, SERVICE));
    return () => services.replace({ ...read, desiredCount: 21, due: DUE });
  },
  "services.page | of 10": async ({ services }) => {
    for (const number of numbers(10)) {
      await services.create(aTypicalService({ name: `service-${number}` }));
    }
    return () => services.page(CLUSTER, { limit: 10 });
  },
  "services.replace | in the midst of a rollout": async ({ services }) => {
    await services.create({ ...aTypicalRollout(), due: DUE });
    const read = there(await services.findLatest(CLUSTER, SERVICE));
    return () => services.replace(read);
  },
  "services.replace | with two task sets": async ({ services }) => {
    await services.create(aTypicalExternalService(2));
    const read = there(await services.findLatest(CLUSTER, SERVICE));
    return () => services.replace(read);
  },
  "services.replace | with five task sets": async ({ services }) => {
    await services.create(aTypicalExternalService(5));
    const read = there(await services.findLatest(CLUSTER, SERVICE));
    return () => services.replace(read);
  },
  "services.replace | 50 starts are decided": async ({ services }) => {
    await services.create({ ...aTypicalService(), due: DUE });
    const read = there(await services.findLatest(CLUSTER, SERVICE));
    const plannedStarts = numbers(50).map((number) => ({
      taskId: taskId(GROUP, number),
      deploymentId: aTypicalService().deployments[0]?.id ?? "",
      decidedAt: DUE,
    }));
    return () => services.replace({ ...read, plannedStarts });
  },
  "services.replace | 50 stops are decided": async ({ services }) => {
    await services.create({ ...aTypicalService(), due: DUE });
    const read = there(await services.findLatest(CLUSTER, SERVICE));
    const reason = `Scaling activity initiated by (deployment ${aTypicalService().deployments[0]?.id})`;
    const plannedStops = numbers(50).map((number) => ({ taskId: taskId(GROUP, number), reason }));
    return () => services.replace({ ...read, plannedStops });
  },
  "wantingCapacity | nobody does": async (store) => () => store.wantingCapacity(CLUSTER, 100),
  "services.daemons | none is":
    async ({ services }) =>
    () =>
      services.daemons(CLUSTER),
  "services.putEvents | each event":
    async ({ services }) =>
    () =>
      services.putEvents(CLUSTER, SERVICE, [anEvent(0)]),
  "services.latestEvents | 100": async ({ services }) => {
    await services.putEvents(CLUSTER, SERVICE, numbers(100).map(anEvent));
    return () => services.latestEvents(CLUSTER, SERVICE, 100);
  },

  ...QUEUED_RUN_COSTS,
  ...ALARM_COSTS,
  ...API_TOKEN_COSTS,
  ...EVENT_HISTORY_COSTS,
  ...STREAM_COSTS,
  ...USAGE_COSTS,
  ...CAPACITY_PROVIDER_COSTS,
  ...ACCOUNT_SETTINGS_COSTS,

  "serviceDeployments.put | any":
    async ({ serviceDeployments }) =>
    () =>
      serviceDeployments.put(WEB, aTypicalServiceDeployment()),
  "serviceDeployments.findMany | of 10": async ({ serviceDeployments }) => {
    const ids = numbers(10).map((number) => `NCWGC2ZR-taawPAYrIaU${number}`);
    for (const id of ids) await serviceDeployments.put(WEB, aTypicalServiceDeployment({ id }));
    return () => serviceDeployments.findMany(WEB, ids);
  },
  "serviceDeployments.page | of 20": async ({ serviceDeployments }) => {
    for (const number of numbers(20)) {
      const id = `NCWGC2ZR-taawPAYrIaU${"abcdefghijklmnopqrst"[number]}`;
      await serviceDeployments.put(WEB, aTypicalServiceDeployment({ id }));
    }
    return () => serviceDeployments.page(WEB, { limit: 20 });
  },
  "serviceRevisions.put | any":
    async ({ serviceRevisions }) =>
    () =>
      serviceRevisions.put(aTypicalServiceRevision()),
  "serviceRevisions.findMany | of 1": async ({ serviceRevisions }) => {
    await serviceRevisions.put(aTypicalServiceRevision());
    return () => serviceRevisions.findMany(WEB, [aTypicalServiceRevision().id]);
  },
  "serviceRevisions.retire | any": async ({ serviceRevisions }) => {
    await serviceRevisions.put(aTypicalServiceRevision());
    return () => serviceRevisions.retire(WEB, aTypicalServiceRevision().id);
  },

  "sessions.find | found": async ({ sessions }) => {
    await sessions.create(session);
    return () => sessions.find(session.cluster, session.containerInstanceId);
  },
  "sessions.findMany | of 10": async ({ sessions }) => {
    const ids = numbers(10).map(instanceId);
    for (const id of ids) await sessions.create({ ...session, containerInstanceId: id });
    return () => sessions.findMany(session.cluster, ids);
  },
  "sessions.create | with a mark":
    async ({ sessions }) =>
    () =>
      sessions.create({ ...session, due: DUE }),
  "sessions.replace | moves its mark": async ({ sessions }) => {
    await sessions.create({ ...session, due: DUE });
    const read = there(await sessions.find(session.cluster, session.containerInstanceId));
    return () => sessions.replace({ ...read, due: DUE + 1 });
  },
  "sessions.createConnection | any":
    async ({ sessions }) =>
    () =>
      sessions.createConnection(connection),
  "sessions.findConnection | found": async ({ sessions }) => {
    await sessions.createConnection(connection);
    return () => sessions.findConnection(connection.connectionId);
  },
  "sessions.deleteConnection | any": async ({ sessions }) => {
    await sessions.createConnection(connection);
    return () => sessions.deleteConnection(connection.connectionId);
  },

  "accessKeys.find | found": async ({ accessKeys }) => {
    await accessKeys.create(aTypicalAccessKey());
    return () => accessKeys.find(KEY);
  },
  "accessKeys.find | absent":
    async ({ accessKeys }) =>
    () =>
      accessKeys.find(KEY),
  "accessKeys.create | any":
    async ({ accessKeys }) =>
    () =>
      accessKeys.create(aTypicalAccessKey()),
  "accessKeys.replace | its status": async ({ accessKeys }) => {
    await accessKeys.create(aTypicalAccessKey());
    const read = there(await accessKeys.find(KEY));
    return () => accessKeys.replace({ ...read, status: "Inactive" });
  },
  "accessKeys.delete | any": async ({ accessKeys }) => {
    await accessKeys.create(aTypicalAccessKey());
    const read = there(await accessKeys.find(KEY));
    return () => accessKeys.delete(read);
  },
  "accessKeys.page | of 20": async ({ accessKeys }) => {
    for (const number of numbers(20)) {
      await accessKeys.create(aTypicalAccessKey({ id: `AKIA${number}` }));
    }
    return () => accessKeys.page({ temporary: false }, { limit: 20 });
  },

  "overdue | none is": async (store) => () => store.overdue(DUE, 100),
};

/** The writes of a task's whole life, step by step, by the first column of their table. */
export const LIFE_SCENARIOS: Readonly<Record<string, CostScenario>> = {
  "A task of RunTask that ends by itself": async (store) => {
    const task = aTypicalTask({ group: "family:batch", id: taskId("family:batch", 1) });
    await createInstances(store.instances, 1);
    return async () => {
      await reserve(store, task.id);
      await store.tasks.create(task);
      await change(store, task.id, { draining: true });
      await release(store, task.id);
      await change(store, task.id, { lastStatus: "STOPPED", desiredStatus: "STOPPED" });
    };
  },
  "A task of a service that a deployment stops": async (store) => {
    await createInstances(store.instances, 1);
    return async () => {
      await reserve(store, ID);
      await store.tasks.create(aTypicalTask());
      await change(store, ID, { draining: true });
      await change(store, ID, { desiredStatus: "STOPPED" });
      await release(store, ID);
      await change(store, ID, aTypicalStoppedTask());
      await store.tasks.archive(there(await store.tasks.find(CLUSTER, ID)));
    };
  },
};

/** As long as the hash of one. */
const TOKEN = "0".repeat(64);

const numbers = (count: number) => Array.from({ length: count }, (_, number) => number);
const taskIds = (count: number) => numbers(count).map((number) => taskId(GROUP, number));

const reservations = (count: number) =>
  Object.fromEntries(
    taskIds(count).map((id) => [id, aReservation({ memoryMiB: 512, reservedAt: DUE })]),
  );

const aLedgerOf = (id: string) => aLedger({ cluster: CLUSTER, id, reservations: reservations(10) });

const anEvent = (number: number) => ({
  id: `00000000-0000-4000-8000-${String(number).padStart(12, "0")}`,
  createdAt: Date.now() + number,
  message: `(service ${SERVICE}) has reached a steady state.`,
});

async function createRevisions(
  taskDefinitions: Store["taskDefinitions"],
  count: number,
): Promise<void> {
  for (const index of numbers(count)) {
    await taskDefinitions.create(aTypicalTaskDefinition({ revision: index + 1 }));
  }
}

/** And reads them, so that their descriptions are known. */
async function createInstances(instances: Store["instances"], count: number): Promise<void> {
  for (const number of numbers(count)) {
    const id = await instances.newId(CLUSTER, instanceId(number).slice(2));
    await instances.create(aTypicalInstance({ id }), aLedgerOf(id));
  }
  await instances.all(CLUSTER);
}

async function createTasks(tasks: Store["tasks"], count: number): Promise<void> {
  for (const id of taskIds(count)) await tasks.create(aTypicalTask({ id }));
}

async function createArchived(tasks: Store["tasks"]): Promise<void> {
  await tasks.create(aTypicalStoppedTask({ stoppedAt: Date.now() }));
  await tasks.archive(there(await tasks.find(CLUSTER, ID)));
}

async function reserve({ instances }: Store, id: string): Promise<void> {
  const ledger = there(await instances.findLedger(CLUSTER, instanceId(0)));
  const reservation = aReservation({ memoryMiB: 512, reservedAt: DUE });
  await instances.replaceLedger({
    ...ledger,
    reservations: { ...ledger.reservations, [id]: reservation },
  });
}

async function release({ instances }: Store, id: string): Promise<void> {
  const ledger = there(await instances.findLedger(CLUSTER, instanceId(0)));
  const { [id]: _, ...others } = ledger.reservations;
  await instances.replaceLedger({ ...ledger, reservations: others });
}

/** The mark stays as it is, unless `due` says otherwise. */
async function change(
  { tasks }: Store,
  id: string,
  overrides: Partial<Task> & { readonly due?: number | undefined },
): Promise<void> {
  const changed = { ...there(await tasks.find(CLUSTER, id)), ...overrides };
  const { due, ...unmarked } = changed;
  await tasks.replace(due === undefined ? unmarked : { ...unmarked, due });
}
