import { within } from "../within.ts";
import { DEADLINE_MS } from "./deadlines.ts";

/** How much of the machine a unit may have: a number of 64 bits, as D-Bus writes it. */
export type UnitLimit = readonly [name: string, value: readonly ["t", number]];

/** Where systemd is asked. */
export const SYSTEM_BUS = "/run/dbus/system_bus_socket";

const MANAGER = {
  destination: "org.freedesktop.systemd1",
  path: "/org/freedesktop/systemd1",
  interface: "org.freedesktop.systemd1.Manager",
};
const UNIT_EXISTS = "org.freedesktop.systemd1.UnitExists";
const NO_SUCH_UNIT = "org.freedesktop.systemd1.NoSuchUnit";

/** A unit that stands in the way of a job makes room for it. */
const MODE = "replace";

/** The machine's systemd, asked over its bus. Each call has a connection of its own, and nothing is kept. */
export class Systemd {
  readonly #socket: string;

  constructor(socket = SYSTEM_BUS) {
    this.#socket = socket;
  }

  /**
   * Makes a slice that nobody wrote a file for, or gives the one that is there these limits. What
   * becomes of the start is not waited for: units within are started after it.
   *
   * @throws Error where systemd cannot be asked, or refuses
   */
  async startSlice(
    name: string,
    description: string,
    limits: readonly UnitLimit[] = [],
  ): Promise<void> {
    const properties = [
      ["Description", ["s", description]],
      // With them the machine's shutdown would end containers before their engine does.
      ["DefaultDependencies", ["b", false]],
      ...limits,
    ];
    await this.#ask(async (call) => {
      try {
        await call("StartTransientUnit", "ssa(sv)a(sa(sv))", [name, MODE, properties, []]);
      } catch (error) {
        if (errorName(error) !== UNIT_EXISTS) throw error;
        const isForThisBoot = true;
        await call("SetUnitProperties", "sba(sv)", [name, isForThisBoot, limits]);
      }
    });
  }

  /** Ends a slice with all that is in it; one that is not there is fine. @throws Error as above */
  async stopSlice(name: string): Promise<void> {
    await this.#ask(async (call) => {
      try {
        await call("StopUnit", "ss", [name, MODE]);
      } catch (error) {
        if (errorName(error) !== NO_SUCH_UNIT) throw error;
      }
    });
  }

  async #ask(work: (call: Call) => Promise<void>): Promise<void> {
    // Its memory is spent only where systemd has the cgroups.
    const { createClient } = await import("dbus-native");
    const bus = createClient({ socket: this.#socket, timeout: DEADLINE_MS.systemd });
    const { promise: lost, reject } = Promise.withResolvers<never>();
    bus.connection.on("error", reject);
    const call: Call = async (member, signature, body) => {
      await bus.invoke({ ...MANAGER, member, signature, body });
    };
    try {
      await within(DEADLINE_MS.systemd, () => Promise.race([work(call), lost]));
    } finally {
      bus.connection.stream.destroy();
    }
  }
}

type Call = (member: string, signature: string, body: unknown[]) => Promise<void>;

const errorName = (error: unknown): unknown => (error as { dbusName?: unknown }).dbusName;
