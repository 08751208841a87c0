/**
 * For `node --import`: at SIGUSR2 the clock of this process is set forward, or back, by as many ms as
 * the file says that `CLOCK_FILE` names. What no clock of people's says goes on, as on a real machine.
 */
import { readFileSync } from "node:fs";

const MachineDate = Date;
let offsetMs = 0;

class SetDate extends MachineDate {
  static override now(): number {
    return MachineDate.now() + offsetMs;
  }

  constructor(...given: readonly unknown[]) {
    const [first = SetDate.now(), ...others] = given;
    super(...([first, ...others] as ConstructorParameters<typeof MachineDate>));
  }
}

globalThis.Date = SetDate as DateConstructor;
process.on("SIGUSR2", () => {
  offsetMs = Number(readFileSync(process.env["CLOCK_FILE"] ?? "", "utf8"));
});
