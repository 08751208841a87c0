import type { World } from "@berth/simulator/world/world";

interface Habit {
  /** Virtual ms: the shortest and the longest time between two deeds. */
  readonly pause: readonly [number, number];
  readonly awake: () => boolean;
  readonly act: () => Promise<unknown>;
}

/** Has somebody do something again and again while `awake`, never waiting for what was done before. */
export function nowAndThen(world: World, { pause, awake, act }: Habit): void {
  const { scheduler, random } = world;
  const again = () => {
    scheduler.after(random.between(...pause), () => {
      if (!awake()) return;
      world.spawn(async () => void (await act()));
      again();
    });
  };
  again();
}
