const lines: string[] = [];

/** Takes down what was survived, and what it took: docs/SURVIVAL.md is made of these lines. */
export async function survives<T>(what: string, work: () => Promise<T>): Promise<T> {
  const start = performance.now();
  const result = await work();
  lines.push(`${what}: nothing lost, ${((performance.now() - start) / 1000).toFixed(1)} s`);
  return result;
}

/** Prints what was taken down since the last time. */
export function sayWhatWasSurvived(): void {
  for (const line of lines.splice(0)) console.log(`survived  ${line}`);
}
