import type { EcsRequest } from "@berth/contracts/ecs-api/operations";
import type { SetAlarmBody } from "@berth/contracts/rest/alarms";

/** Milliseconds from one to the other, both ends included. */
export interface MsRange {
  readonly least: number;
  readonly most: number;
}

/** Instances that are alike but for their zones. */
export interface InstanceTemplate {
  readonly count: number;
  /** Given to them in turns. */
  readonly zones: readonly string[];
  readonly cpu: number;
  readonly memory: number;
  readonly attributes: Readonly<Record<string, string>>;
  /** Countable resources of its own, by name. */
  readonly resources: Readonly<Record<string, number>>;
}

/** What tasks of a definition do. */
export interface TaskBehaviour {
  /** `family` or `family:revision`. */
  readonly taskDefinition: string;
  readonly start?: MsRange | undefined;
  readonly stop?: MsRange | undefined;
  /** So likely does a task never run. */
  readonly failureRate?: number | undefined;
  readonly exits?: { readonly after: MsRange; readonly code: number } | undefined;
  /** From RUNNING until the health checks fail. */
  readonly unhealthyAfter?: MsRange | undefined;
}

/** Some of the instances, drawn where there are more of them. */
export interface InstanceChoice {
  readonly count?: number | undefined;
  readonly zone?: string | undefined;
}

export interface TaskChoice {
  readonly service: string;
  readonly count: number;
}

/** What an outside controller does. A set is named by its `externalId`: ids are drawn. */
export type TaskSetAction =
  | { readonly kind: "createTaskSet"; readonly request: EcsRequest<"CreateTaskSet"> }
  | { readonly kind: "updateTaskSet"; readonly request: EcsRequest<"UpdateTaskSet"> }
  | { readonly kind: "deleteTaskSet"; readonly request: EcsRequest<"DeleteTaskSet"> }
  | {
      readonly kind: "updateServicePrimaryTaskSet";
      readonly request: EcsRequest<"UpdateServicePrimaryTaskSet">;
    };

/** What somebody does, or what happens. */
export type Action =
  | {
      readonly kind: "registerTaskDefinition";
      readonly request: EcsRequest<"RegisterTaskDefinition">;
    }
  | { readonly kind: "createService"; readonly request: EcsRequest<"CreateService"> }
  | { readonly kind: "updateService"; readonly request: EcsRequest<"UpdateService"> }
  | { readonly kind: "deleteService"; readonly request: EcsRequest<"DeleteService"> }
  | TaskSetAction
  | { readonly kind: "runTask"; readonly request: EcsRequest<"RunTask"> }
  | { readonly kind: "stopTasks" | "killTasks"; readonly tasks: TaskChoice }
  | { readonly kind: "drainInstances" | "activateInstances"; readonly instances: InstanceChoice }
  | {
      readonly kind: "loseInstances";
      readonly instances: InstanceChoice;
      /** EC2 tells of it at once. */
      readonly notice: boolean;
    }
  | { readonly kind: "returnInstances"; readonly instances: InstanceChoice }
  | { readonly kind: "joinInstances"; readonly template: InstanceTemplate }
  | {
      readonly kind: "slowAgents";
      readonly instances: InstanceChoice;
      /** A task takes so many times as long to start. */
      readonly factor: number;
    }
  | { readonly kind: "behave"; readonly behaviour: TaskBehaviour }
  | { readonly kind: "setAlarm"; readonly name: string; readonly setting: SetAlarmBody };

export interface ScenarioEvent {
  readonly atMs: number;
  readonly action: Action;
  /** How often it is done, one after the other. */
  readonly times: number;
}

export interface Scenario {
  readonly seed: number;
  readonly cluster: string;
  readonly durationMs: number;
  readonly instanceLostAfterMs: number;
  readonly instances: readonly InstanceTemplate[];
  /** The cluster has all of them; instances say by an attribute from which group they came. */
  readonly capacityProviders: readonly EcsRequest<"CreateCapacityProvider">[];
  readonly taskDefinitions: readonly EcsRequest<"RegisterTaskDefinition">[];
  /** There from the beginning, and at rest. */
  readonly services: readonly EcsRequest<"CreateService">[];
  /** The last one that fits a task counts, member by member. */
  readonly behaviours: readonly TaskBehaviour[];
  readonly events: readonly ScenarioEvent[];
}
