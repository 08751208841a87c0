import type { GivenContainer, Registration } from "@berth/domain/task-definition/registration";

/** A container without faults. */
export const aGivenContainer = (changes: GivenContainer = {}): GivenContainer => ({
  name: "web",
  image: "nginx:1.27",
  memory: 64,
  ...changes,
});

/** A registration without faults. */
export const aRegistration = (changes: Registration = {}): Registration => ({
  family: "web",
  containerDefinitions: [aGivenContainer()],
  ...changes,
});

/** One container, changed. */
export const withContainer = (changes: GivenContainer, task: Registration = {}): Registration =>
  aRegistration({ ...task, containerDefinitions: [aGivenContainer(changes)] });

/** `web` and `sidecar` beside it. */
export const withSidecar = (sidecar: GivenContainer, changes: GivenContainer = {}): Registration =>
  aRegistration({
    containerDefinitions: [
      aGivenContainer(changes),
      aGivenContainer({ name: "sidecar", ...sidecar }),
    ],
  });

export const withVolume = (volume: NonNullable<Registration["volumes"]>[number]): Registration =>
  aRegistration({ volumes: [volume] });

/** A registration without faults that asks to be fit for Fargate. */
export const forFargate = (changes: GivenContainer = {}, task: Registration = {}): Registration =>
  withContainer(changes, {
    requiresCompatibilities: ["FARGATE"],
    networkMode: "awsvpc",
    cpu: "256",
    memory: "512",
    ...task,
  });
