import type { Reservation } from "@berth/domain/container-instance";
import type { Countable } from "@berth/domain/resources";

/**
 * A reservation as text, about 18 bytes beside its task id, since an instance may hold a hundred
 * and each placement writes them all: `CPU MEMORY TIME`, the time in ms to the base 36, and where
 * there are some ` tPORT,FIRST-LAST…` (tcp), ` uPORT…` (udp), ` cNAME=UNITS,…` (countable) and
 * ` gID,…` (GPUs).
 */
export function encodeReservation(reservation: Reservation): string {
  const { cpuUnits, memoryMiB, reservedAt, tcpPorts, udpPorts, countable, gpuIds } = reservation;
  const lists = {
    t: encodePorts(tcpPorts),
    u: encodePorts(udpPorts),
    c: Object.entries(countable ?? {}).map(([name, units]) => `${name}=${units}`),
    g: gpuIds ?? [],
  };
  return [
    cpuUnits,
    memoryMiB,
    reservedAt.toString(TIME_BASE),
    ...Object.entries(lists).flatMap(([mark, list]) =>
      list.length > 0 ? [mark + list.join()] : [],
    ),
  ].join(" ");
}

/** Expects what `encodeReservation` made. */
export function decodeReservation(text: string): Reservation {
  const [cpuUnits, memoryMiB, reservedAt = "", ...lists] = text.split(" ");
  const countable = listOf(lists, "c");
  const gpuIds = listOf(lists, "g");
  return {
    cpuUnits: Number(cpuUnits),
    memoryMiB: Number(memoryMiB),
    tcpPorts: decodePorts(listOf(lists, "t")),
    udpPorts: decodePorts(listOf(lists, "u")),
    ...(countable.length > 0 && { countable: decodeCountable(countable) }),
    ...(gpuIds.length > 0 && { gpuIds }),
    reservedAt: Number.parseInt(reservedAt, TIME_BASE),
  };
}

const TIME_BASE = 36;

function listOf(texts: readonly string[], mark: "t" | "u" | "c" | "g"): readonly string[] {
  const text = texts.find((each) => each.startsWith(mark));
  return text === undefined ? [] : text.slice(1).split(",");
}

/** Neighbours in the list become one range. */
function encodePorts(ports: readonly number[]): readonly string[] {
  const ranges: { first: number; last: number }[] = [];
  for (const port of ports) {
    const latest = ranges.at(-1);
    if (latest?.last === port - 1) latest.last = port;
    else ranges.push({ first: port, last: port });
  }
  return ranges.map(({ first, last }) => (first === last ? `${first}` : `${first}-${last}`));
}

function decodePorts(texts: readonly string[]): readonly number[] {
  return texts.flatMap((text) => {
    const [first = 0, last = first] = text.split("-").map(Number);
    return Array.from({ length: last - first + 1 }, (_, index) => first + index);
  });
}

const decodeCountable = (texts: readonly string[]): Countable =>
  Object.fromEntries(
    texts.map((text) => {
      const [name = "", units] = text.split("=");
      return [name, Number(units)];
    }),
  );
