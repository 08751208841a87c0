import { explainService } from "@berth/control-plane/rest/explain-service";
import { lastSegment } from "@berth/domain/arn";
import { isTerminal, revisionIdOf } from "@berth/domain/service-deployment";
import type { Service } from "@berth/domain/service";
import { serviceGroup } from "@berth/domain/task";
import type { Task } from "@berth/domain/task";
import { wantedCount } from "@berth/domain/task-set";
import type { World } from "@berth/simulator/world/world";
import { whatIsNotExplained } from "./explanations.ts";
import { CRASHING_IMAGE } from "./images.ts";
import type { Snapshot } from "./invariants.ts";
import { snapshotOf } from "./invariants.ts";
import { onlookerOf } from "./onlooker.ts";
import { hasLoopingSet } from "./task-sets.ts";

/** Everything that should have come to rest and has not. */
export async function whatIsNotAtRest(world: World): Promise<readonly string[]> {
  const snapshot = await snapshotOf(world.truth);
  const tasks = [...snapshot.live.values()];
  const services = [...snapshot.services.values()];
  const loops = await Promise.all(services.map(async (each) => isLooping(world, each)));
  const calm = services.filter((_, index) => !loops[index]);
  return [
    ...calm.flatMap((each) => restlessService(each, tasks)),
    ...restlessInstances(world, snapshot, calm.length < services.length),
    ...(await whatIsNotExplained(world, snapshot)),
    ...(await notCalledSteady(world, calm)),
  ];
}

async function notCalledSteady(
  world: World,
  services: readonly Service[],
): Promise<readonly string[]> {
  const explained = await Promise.all(
    services.map(({ name }) => explainService(onlookerOf(world), { service: name })),
  );
  return explained
    .filter(({ progress }) => progress.length !== 1 || progress[0]?.kind !== "steady")
    .map(({ service, progress }) => `${service} rests, and says ${JSON.stringify(progress)}`);
}

/**
 * Its newest revision does not come up: it goes on trying, or has FAILED, and keeps what runs. Or
 * it came up, once all of its tasks ran in one moment, and crashes ever since: ECS throttles no
 * task that has been RUNNING, and so it is replaced for ever.
 */
async function isLooping({ truth }: World, service: Service): Promise<boolean> {
  const [primary] = service.deployments;
  if (hasLoopingSet(service) || !primary) return hasLoopingSet(service);
  if ((primary.failedTasks ?? 0) > 0 || primary.rolloutState === "FAILED") return true;
  const [revision] = await truth.serviceRevisions.findMany(service, [revisionIdOf(primary.id)]);
  return revision?.containerImages.some(({ image }) => image === CRASHING_IMAGE) ?? false;
}

const isRunning = (task: Task): boolean =>
  task.lastStatus === "RUNNING" && task.desiredStatus === "RUNNING";

function restlessService(service: Service, tasks: readonly Task[]): readonly string[] {
  const [primary, ...older] = service.deployments;
  const mine = tasks.filter((task) => task.group === serviceGroup(service.name));
  const running = mine.filter(isRunning);
  const wanted = wantedCount(service);
  const current = new Set<string | undefined>(
    service.taskSets ? service.taskSets.map(({ id }) => id) : [primary?.id],
  );
  const faults = {
    "has an older deployment": older.length > 0,
    "runs an old revision": running.some((task) => !current.has(task.startedBy)),
    [`runs ${running.length} of ${wanted}`]: running.length !== wanted,
    "is not steady": !service.steady,
    "has tasks that do not run": mine.length !== running.length,
    "has tasks that are still to move": mine.some(({ moving }) => moving),
    "has planned starts": service.plannedStarts.length > 0,
    "has a deployment without a verdict": !service.serviceDeployments.every(isTerminal),
  };
  return Object.entries(faults).flatMap(([fault, is]) => (is ? [`${service.name} ${fault}`] : []));
}

function restlessInstances(world: World, snapshot: Snapshot, someLoop: boolean): readonly string[] {
  return snapshot.instances.flatMap(({ ledger }) => {
    const agent = world.agents.find((each) => each.id === ledger.id);
    const held = Object.keys(ledger.reservations).toSorted().join();
    const wanted = [...snapshot.live.values()]
      .filter((task) => task.containerInstanceId === ledger.id && isRunning(task))
      .map((task) => task.id)
      .toSorted()
      .join();
    const runs = agent?.tasks.running.map(lastSegment).toSorted().join();
    const faults = {
      "is still disconnected": !ledger.agentConnected,
      "still has its group wait": ledger.host?.lifecycleAction !== undefined,
      [`reserves for ${held} and should run ${wanted}`]: !someLoop && held !== wanted,
      [`runs ${runs} and should run ${wanted}`]: !someLoop && runs !== wanted,
    };
    return Object.entries(faults).flatMap(([fault, is]) => (is ? [`${ledger.id} ${fault}`] : []));
  });
}
