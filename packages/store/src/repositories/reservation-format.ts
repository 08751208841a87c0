import type { Reservation } from "@berth/domain/container-instance";

/**
 * A reservation as text, about 18 bytes beside its task id, since an instance may hold a hundred
 * and each placement writes them all: `CPU MEMORY TIME[ t TCP,TCP…][ u UDP,UDP…]`, the time in ms to
 * the base 36.
 */
export function encodeReservation(reservation: Reservation): string {
  const { cpuUnits, memoryMiB, reservedAt, tcpPorts, udpPorts } = reservation;
  return [
    cpuUnits,
    memoryMiB,
    reservedAt.toString(TIME_BASE),
    ...(tcpPorts.length > 0 ? [`t${tcpPorts.join(",")}`] : []),
    ...(udpPorts.length > 0 ? [`u${udpPorts.join(",")}`] : []),
  ].join(" ");
}

/** Expects what `encodeReservation` made. */
export function decodeReservation(text: string): Reservation {
  const [cpuUnits, memoryMiB, reservedAt = "", ...ports] = text.split(" ");
  return {
    cpuUnits: Number(cpuUnits),
    memoryMiB: Number(memoryMiB),
    tcpPorts: portsOf(ports, "t"),
    udpPorts: portsOf(ports, "u"),
    reservedAt: Number.parseInt(reservedAt, TIME_BASE),
  };
}

const TIME_BASE = 36;

function portsOf(texts: readonly string[], mark: "t" | "u"): readonly number[] {
  const text = texts.find((each) => each.startsWith(mark));
  return text === undefined ? [] : text.slice(1).split(",").map(Number);
}
