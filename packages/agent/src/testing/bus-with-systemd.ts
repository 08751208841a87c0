import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createClient, type MessageBus } from "dbus-native";

/** Of Debian's package of the same name, as of most others. */
const DAEMON = "/usr/bin/dbus-daemon";

/** Why there can be no bus here; undefined where there can. */
export const noBus = existsSync(DAEMON) ? undefined : `no ${DAEMON}`;

/** Who may do everything: its users come and go with the test. */
const configuration = (socket: string) => `<busconfig>
  <type>session</type><listen>unix:path=${socket}</listen><auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*"/><allow receive_sender="*"/><allow own="*"/>
  </policy>
</busconfig>`;

/** What stands for systemd on it: takes down what it is asked, and knows which units there are. */
export class BusWithSystemd {
  readonly socket: string;
  /** Calls of all members, by what was in them. */
  readonly asked: (readonly [member: string, ...body: readonly unknown[]])[] = [];
  readonly units = new Set<string>();
  /** An error's name: all is refused with it. */
  refusal: string | undefined;
  /** Nothing is answered any more. */
  isSilent = false;
  readonly #stop: () => Promise<void>;

  private constructor(socket: string, stop: () => Promise<void>) {
    this.socket = socket;
    this.#stop = stop;
  }

  static async start(): Promise<BusWithSystemd> {
    const directory = mkdtempSync(join(tmpdir(), "berth-bus-"));
    const [socket, file] = [join(directory, "bus"), join(directory, "conf")];
    writeFileSync(file, configuration(socket));
    const daemon = spawn(DAEMON, [`--config-file=${file}`, "--nofork", "--print-address"], {
      stdio: ["ignore", "pipe", "ignore"],
    });
    await once(daemon.stdout, "data");
    const client = createClient({ socket });
    const bus = new BusWithSystemd(socket, async () => {
      await client.close();
      daemon.kill();
      await once(daemon, "exit");
      rmSync(directory, { recursive: true });
    });
    bus.#serve(client);
    await client.requestName("org.freedesktop.systemd1", 0);
    return bus;
  }

  close(): Promise<void> {
    return this.#stop();
  }

  #serve(client: MessageBus): void {
    const handle = (
      member: string,
      signature: string,
      act: (unit: string, body: unknown[]) => unknown,
    ) => {
      const answer = (...all: unknown[]) => {
        // The message itself comes last.
        const body = all.slice(0, -1);
        this.asked.push([member, ...body]);
        if (this.isSilent) return new Promise(() => undefined);
        if (this.refusal !== undefined) throw refused(this.refusal);
        return act(String(body[0]), body);
      };
      const path = "/org/freedesktop/systemd1";
      const manager = "org.freedesktop.systemd1.Manager";
      client.setMethodCallHandler(path, manager, member, [answer, signature]);
    };
    handle("StartTransientUnit", "o", (unit) => {
      if (this.units.has(unit)) throw refused("org.freedesktop.systemd1.UnitExists");
      this.units.add(unit);
      return JOB;
    });
    handle("SetUnitProperties", "", (_, [, , properties]) => {
      const isMadeWith = JSON.stringify(properties, textOf).includes("DefaultDependencies");
      if (isMadeWith) throw refused("org.freedesktop.DBus.Error.PropertyReadOnly");
      return null;
    });
    handle("StopUnit", "o", (unit) => {
      if (!this.units.delete(unit)) throw refused("org.freedesktop.systemd1.NoSuchUnit");
      return JOB;
    });
  }
}

const textOf = (_: string, value: unknown) => (typeof value === "bigint" ? `${value}` : value);

const JOB = "/org/freedesktop/systemd1/job/1";

const refused = (dbusName: string) =>
  Object.assign(new Error(`refused: ${dbusName}`), { dbusName });
