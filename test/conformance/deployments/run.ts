import type { Service, ServiceDeployment, ServiceDeploymentBrief } from "@aws-sdk/client-ecs";
import { setAlarm } from "@berth/control-plane/rest/alarms";
import type { Alarms } from "@berth/control-plane/context";
import type { Alarm, AlarmLook } from "@berth/domain/alarm";
import { lastSegment } from "@berth/domain/arn";
import {
  registerWeb,
  type SmallWorld,
  smallWorld,
  START_MS,
} from "@berth/simulator/testing/small-world";
import type { Expectation, GivenAlarm, Moment, Played } from "./scenario.ts";

/** What CloudWatch answers, truthfully or not. */
export type Answering = (look: AlarmLook) => AlarmLook;

/** CloudWatch, as far as it is asked. */
class FakeCloudWatch implements Alarms {
  readonly known = new Map<string, Alarm>();
  isSilent = false;
  readonly #answering: Answering;

  constructor(answering: Answering) {
    this.#answering = answering;
  }

  async describe(names: readonly string[]): Promise<AlarmLook> {
    if (this.isSilent) return { alarms: [], failure: "ThrottlingException: Rate exceeded" };
    return this.#answering({ alarms: names.flatMap((name) => this.known.get(name) ?? []) });
  }
}

interface Stage {
  readonly small: SmallWorld;
  readonly cloudWatch: FakeCloudWatch;
  readonly scenario: Played;
}

/**
 * Plays a scenario on the control plane itself, with simulated agents and a virtual clock. What is
 * not as expected: a sentence for each.
 */
export async function problemsOf(
  scenario: Played,
  answering: Answering = (look) => look,
): Promise<readonly string[]> {
  const cloudWatch = new FakeCloudWatch(answering);
  const small = await smallWorld({
    alarms: cloudWatch,
    behaviour: ({ containers: [main] }) => ({
      startMs: START_MS,
      stopMs: 1_000,
      failsToStart: main?.image === "broken",
    }),
  });
  const stage = { small, cloudWatch, scenario };
  if (!scenario.isFirst) await createService(stage, {});
  for (const [name, alarm] of Object.entries(scenario.alarms)) await set(stage, name, alarm);
  await small.pass(1_000);
  await begin(stage);
  const start = small.world.scheduler.now;
  const problems: string[] = [];
  for (const moment of scenario.timeline) {
    await small.world.scheduler.runUntil(start + moment.at * 1_000);
    problems.push(...(await happen(stage, moment)));
  }
  return [...problems, ...small.world.bugs.map(String)];
}

async function createService(stage: Stage, deploymentConfiguration: object): Promise<void> {
  const { small, scenario } = stage;
  const { schedulingStrategy } = scenario;
  await small.world.call("CreateService", {
    serviceName: "web",
    taskDefinition: "web",
    schedulingStrategy,
    ...(schedulingStrategy === "REPLICA" && { desiredCount: 2 }),
    deploymentConfiguration,
  });
  if (!scenario.isFirst) await small.pass(60_000);
}

async function begin(stage: Stage): Promise<void> {
  const { deploymentConfiguration, isFirst, image } = stage.scenario;
  if (isFirst) await createService(stage, deploymentConfiguration);
  else await deploy(stage, image, deploymentConfiguration);
}

async function deploy({ small }: Stage, image: string, deploymentConfiguration?: object) {
  await registerWeb(small.world, { image });
  await small.world.call("UpdateService", {
    service: "web",
    taskDefinition: "web",
    ...(deploymentConfiguration && { deploymentConfiguration }),
  });
}

async function happen(stage: Stage, moment: Moment): Promise<readonly string[]> {
  if ("expect" in moment) return check(stage, moment.at, moment.expect);
  if ("deploy" in moment) await deploy(stage, moment.deploy);
  else if ("cloudWatch" in moment) stage.cloudWatch.isSilent = moment.cloudWatch === "silent";
  else {
    for (const [name, state] of Object.entries(moment.set)) {
      const alarm = stage.scenario.alarms[name];
      if (!alarm) throw new Error(`${stage.scenario.name}: there is no alarm ${name}`);
      await set(stage, name, { ...alarm, state });
    }
  }
  return [];
}

async function set({ small, cloudWatch, scenario }: Stage, name: string, alarm: GivenAlarm) {
  if (scenario.home === "own") {
    await small.world.untilAlive((context) => setAlarm(context, name, alarm));
    return;
  }
  const { state, periodSeconds, evaluationPeriods } = alarm;
  const evaluationMs = periodSeconds * evaluationPeriods * 1_000;
  cloudWatch.known.set(name, { name, state, since: small.world.scheduler.now, evaluationMs });
}

async function check(
  stage: Stage,
  at: number,
  { events, ...expected }: Expectation,
): Promise<readonly string[]> {
  const seen = await observe(stage);
  const problems = Object.entries(expected).flatMap(([member, value]) => {
    const actual = JSON.stringify(seen[member as keyof typeof seen]);
    const wanted = JSON.stringify(value);
    return actual === wanted ? [] : [`at ${at} s: ${member} is ${actual}, expected: ${wanted}`];
  });
  return [...problems, ...missingEvents(seen.events, events ?? [], at)];
}

/** What clients are shown; the ids of deployments by their place in history. */
async function observe({ small: { world } }: Stage) {
  const { services } = await world.call("DescribeServices", { services: ["web"] });
  const { serviceDeployments: listed = [] } = await world.call("ListServiceDeployments", {
    service: "web",
  });
  const { serviceDeployments } = await world.call("DescribeServiceDeployments", {
    serviceDeploymentArns: listed.slice(0, 1).map((each) => each.serviceDeploymentArn ?? ""),
  });
  const service = serviceFace(services?.[0] ?? {}, naming(listed));
  return { ...service, ...recordFace(serviceDeployments?.[0] ?? {}) };
}

type Naming = (text: string | undefined) => string;

function naming(newestFirst: readonly ServiceDeploymentBrief[]): Naming {
  const idOf = ({ targetServiceRevisionArn: arn = "?" }: ServiceDeploymentBrief = {}) =>
    `ecs-svc/${lastSegment(arn)}`;
  const [latest, first] = [idOf(newestFirst.at(0)), idOf(newestFirst.at(-1))];
  return (text = "") => text.replaceAll(latest, "LATEST").replaceAll(first, "FIRST");
}

function serviceFace(service: Service, named: Naming) {
  const {
    taskDefinition = "",
    runningCount,
    desiredCount,
    deployments = [],
    events = [],
  } = service;
  return {
    taskDefinition: lastSegment(taskDefinition),
    running: runningCount,
    deployments: deployments.length,
    stable: deployments.length === 1 && runningCount === desiredCount,
    rolloutState: deployments[0]?.rolloutState,
    rolloutStateReason: named(deployments[0]?.rolloutStateReason),
    events: events.map(({ message }) => named(message)).toReversed(),
  };
}

const recordFace = ({ status, statusReason, alarms }: ServiceDeployment) => ({
  status,
  statusReason,
  monitor: alarms?.status,
  triggered: alarms?.triggeredAlarmNames,
});

function missingEvents(
  seen: readonly string[],
  expected: readonly string[],
  at: number,
): readonly string[] {
  let from = 0;
  return expected.flatMap((text) => {
    const index = seen.indexOf(text, from);
    if (index < 0) return [`at ${at} s: no event ${text} in ${JSON.stringify(seen)}`];
    from = index + 1;
    return [];
  });
}
