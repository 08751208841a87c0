import type { InstanceLedger } from "@berth/domain/container-instance";
import type { Service } from "@berth/domain/service";
import type { Task } from "@berth/domain/task";
import type { TaskDefinition } from "@berth/domain/task-definition";
import type { Store } from "@berth/store/store";
import type { WriteOutcome } from "@berth/store/table";

/** Hears what is written, as soon as it is. */
export interface StoreWatcher {
  onTask(task: Task): void;
  onService(service: Service): void;
  onLedger(ledger: InstanceLedger): void;
  onTaskDefinition(definition: TaskDefinition): void;
}

/** The same store, with somebody who looks on. */
export function watchedStore(store: Store, watcher: StoreWatcher): Store {
  const { tasks, services, instances, taskDefinitions } = store;
  return {
    ...store,
    taskDefinitions: {
      ...taskDefinitions,
      create: telling(
        async (definition) => taskDefinitions.create(definition),
        (definition) => watcher.onTaskDefinition(definition),
      ),
    },
    tasks: {
      ...tasks,
      create: telling(
        async (task) => tasks.create(task),
        (task) => watcher.onTask(task),
      ),
      replace: telling(
        async (task) => tasks.replace(task),
        (task) => watcher.onTask(task),
      ),
    },
    services: {
      ...services,
      create: telling(
        async (service) => services.create(service),
        (service) => watcher.onService(service),
      ),
      replace: telling(
        async (service) => services.replace(service),
        (service) => watcher.onService(service),
      ),
    },
    instances: {
      ...instances,
      create: async (instance, ledger) => {
        const outcome = await instances.create(instance, ledger);
        if (outcome === "ok") watcher.onLedger(ledger);
        return outcome;
      },
      replaceLedger: telling(
        async (ledger) => instances.replaceLedger(ledger),
        (ledger) => watcher.onLedger(ledger),
      ),
    },
  };
}

function telling<T>(
  write: (item: T) => Promise<WriteOutcome>,
  tell: (item: T) => void,
): (item: T) => Promise<WriteOutcome> {
  return async (item) => {
    const outcome = await write(item);
    if (outcome === "ok") tell(item);
    return outcome;
  };
}
