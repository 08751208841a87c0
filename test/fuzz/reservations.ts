import type { Snapshot } from "../simulation/invariants.ts";

/** Where ledgers and tasks disagree, once nobody is at work on them: each live task has its place, and nobody else. */
export function reservationFaults({ instances, live }: Snapshot): readonly string[] {
  const held = new Map(
    instances.flatMap(({ ledger }) =>
      Object.keys(ledger.reservations).map((taskId) => [taskId, ledger.id] as const),
    ),
  );
  const running = [...live.values()].filter(({ lastStatus }) => lastStatus !== "STOPPED");
  const homeless = running.filter((task) => held.get(task.id) !== task.containerInstanceId);
  const left = [...held.keys()].filter(
    (taskId) => (live.get(taskId)?.lastStatus ?? "STOPPED") === "STOPPED",
  );
  return [
    ...homeless.map(({ id }) => `${id} is live without a reservation on its instance`),
    ...left.map((taskId) => `${taskId} is not live, and holds a reservation`),
  ];
}
