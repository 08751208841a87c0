import type { OwnAlarm } from "@berth/domain/alarm";
import type { Store } from "@berth/store/store";
import { anOwnAlarm } from "./builders.ts";
import { there } from "./store-contract-world.ts";

const AT = 1_763_700_000_000;
const NAME = "checkout-api-5xx-rate";

/** One that a tool of somebody's has set. */
const aTypicalAlarm = ({ name = NAME } = {}): OwnAlarm =>
  anOwnAlarm({
    name,
    since: AT,
    reason: "5xx rate 3.2 % over 1 % for 5 minutes",
    setAt: AT,
    setBy: "arn:aws:iam::123456789012:user/team/alertmanager",
  });

const names = (count: number) => Array.from({ length: count }, (_, index) => `${NAME}-${index}`);

async function createAlarms({ alarms }: Store, count: number): Promise<void> {
  for (const name of names(count)) await alarms.create(aTypicalAlarm({ name }));
}

/** As `CostScenario`. */
type Scenario = (store: Store) => Promise<() => Promise<unknown>>;

/** The part of the costs in docs/STORE.md that is about alarms. */
export const ALARM_COSTS: Readonly<Record<string, Scenario>> = {
  "alarms.find | found": async ({ alarms }) => {
    await alarms.create(aTypicalAlarm());
    return () => alarms.find(NAME);
  },
  "alarms.find | absent":
    async ({ alarms }) =>
    () =>
      alarms.find(NAME),
  "alarms.findMany | of 2": async (store) => {
    await createAlarms(store, 2);
    return () => store.alarms.findMany(names(2));
  },
  "alarms.create | new":
    async ({ alarms }) =>
    () =>
      alarms.create(aTypicalAlarm()),
  "alarms.replace | its state": async ({ alarms }) => {
    await alarms.create(aTypicalAlarm());
    const read = there(await alarms.find(NAME));
    return () => alarms.replace({ ...read, state: "OK" });
  },
  "alarms.delete | any": async ({ alarms }) => {
    await alarms.create(aTypicalAlarm());
    const read = there(await alarms.find(NAME));
    return () => alarms.delete(read);
  },
  "alarms.page | of 100": async (store) => {
    await createAlarms(store, 100);
    return () => store.alarms.page({ limit: 100 });
  },
};
