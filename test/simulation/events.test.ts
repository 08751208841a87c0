import type { EcsEvent } from "@berth/contracts/ecs-event";
import { eventsOfChange } from "@berth/control-plane/events/events-of-change";
import type { Deployment } from "@berth/domain/service";
import { TASK_STATUSES } from "@berth/domain/task-status";
import type { TaskStatus } from "@berth/domain/task-status";
import { toChange } from "@berth/store/change";
import { createStoreReader } from "@berth/store/create-reader";
import { createMemoryTable } from "@berth/store/memory/table";
import type { Item, Table } from "@berth/store/table";
import { watchWrites } from "@berth/testing/watch-writes";
import { expect, test } from "vitest";
import { runScenario } from "./scenario.ts";

const scope = { region: "us-east-1", account: "000000000000" };

interface Write {
  readonly after: Item;
  readonly before: Item | undefined;
}

async function told(table: Table, writes: readonly Write[]): Promise<readonly EcsEvent[]> {
  const store = createStoreReader(table);
  const events: EcsEvent[] = [];
  for (const [at, { after, before }] of writes.entries()) {
    const change = toChange(after, before);
    if (change) events.push(...(await eventsOfChange({ scope, store }, change, at)));
  }
  return events;
}

const statusOf = ({ detail }: EcsEvent) => detail["lastStatus"] as TaskStatus;
const rankOf = (event: EcsEvent) => TASK_STATUSES.indexOf(statusOf(event));
const versionOf = ({ detail }: EcsEvent) => Number(detail["version"]);

const byResource = (events: readonly EcsEvent[], detailType: EcsEvent["detailType"]) =>
  Map.groupBy(
    events.filter((event) => event.detailType === detailType),
    ({ resource }) => resource,
  );

/** What tells a repeated event from another one. */
function identityOf({ detailType, resource, time, detail }: EcsEvent): string {
  const { version, eventName, deploymentId } = detail;
  const named = version === undefined ? [eventName, deploymentId, time] : [version];
  return [detailType, resource, ...named].join(" ");
}

function expectOrder(events: readonly EcsEvent[]): void {
  expect(events.map(versionOf)).toEqual(
    [...new Set(events.map(versionOf))].toSorted((a, b) => a - b),
  );
  const shown = events.map(({ detail }) =>
    JSON.stringify({ ...detail, version: 0, updatedAt: undefined }),
  );
  expect(shown.filter((each, index) => each === shown[index + 1])).toEqual([]);
}

/** Every state that was written was told: the first event is its birth, the last how it ended. */
function expectLife(events: readonly EcsEvent[], last: string | undefined): void {
  expectOrder(events);
  expect(events.map(rankOf)).toEqual(events.map(rankOf).toSorted((a, b) => a - b));
  expect(events[0]?.detail).toMatchObject({ lastStatus: "PENDING", desiredStatus: "RUNNING" });
  expect(events.at(-1) && statusOf(events.at(-1) as EcsEvent)).toBe(last);
  const stops = events.filter((event) => statusOf(event) === "STOPPED");
  expect(stops.length).toBe(last === "STOPPED" ? 1 : 0);
}

/** Tasks by their ARN, with the last status that was ever written of them. */
function lastStatuses(writes: readonly Write[]): ReadonlyMap<string, string> {
  const tasks = writes.filter(({ after }) => after.pk.startsWith("tasks#default"));
  return new Map(
    tasks.map(({ after }) => [
      `arn:aws:ecs:us-east-1:000000000000:task/default/${after.sk}`,
      String(after["lastStatus"]),
    ]),
  );
}

/** The deployments that the services have in the end. */
function lastDeployments(writes: readonly Write[]): readonly Deployment[] {
  const services = writes.filter(({ after }) => after.pk.startsWith("services#default"));
  const last = new Map(services.map(({ after }) => [after.sk, after["deployments"]]));
  return [...last.values()].flatMap((deployments) => deployments as readonly Deployment[]);
}

test.each(Array.from({ length: 20 }, (_, index) => index + 1))(
  "seed %i: whatever happens is told, each state once and in order",
  async (seed) => {
    const table = createMemoryTable();
    const writes: Write[] = [];
    const watched = watchWrites(table, (after, before) => writes.push({ after, before }));
    const { broken } = await runScenario(seed, watched);
    expect(broken).toEqual([]);

    const events = await told(table, writes);
    expect(new Set(events.map(identityOf)).size).toBe(events.length);
    expect(JSON.stringify(await told(table, writes))).toBe(JSON.stringify(events));

    const tasks = byResource(events, "ECS Task State Change");
    const lasts = lastStatuses(writes);
    expect(new Set(tasks.keys())).toEqual(new Set(lasts.keys()));
    for (const [resource, life] of tasks) expectLife(life, lasts.get(resource));
    for (const life of byResource(events, "ECS Container Instance State Change").values()) {
      expectOrder(life);
    }
    const deployments = events.filter(
      ({ detailType }) => detailType === "ECS Deployment State Change",
    );
    for (const { id, rolloutState } of lastDeployments(writes)) {
      const own = deployments.filter(({ detail }) => detail["deploymentId"] === id);
      expect(own.at(0)?.detail["eventName"]).toBe("SERVICE_DEPLOYMENT_IN_PROGRESS");
      expect(own.at(-1)?.detail["eventName"]).toBe(`SERVICE_DEPLOYMENT_${rolloutState}`);
    }
  },
);
