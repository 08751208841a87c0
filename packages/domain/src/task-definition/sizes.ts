/**
 * CPU units out of what ECS takes as a task's `cpu`: `1024`, `1 vCPU`, `.5 vcpu`. Undefined where it
 * is none of these. Source: ECS API reference, RegisterTaskDefinition `cpu`.
 */
export function cpuUnitsOf(text: string): number | undefined {
  return quantity(text, /^(\d+|\d*\.\d+)\s*vcpu$/i);
}

/** MiB out of what ECS takes as a task's `memory`: `512`, `1GB`, `0.5 GB`. */
export function memoryMiBOf(text: string): number | undefined {
  return quantity(text, /^(\d+|\d*\.\d+)\s*gb$/i);
}

/** Both units are 1024 of what a bare number counts. */
function quantity(text: string, withUnit: RegExp): number | undefined {
  const trimmed = text.trim();
  if (/^\d+$/.test(trimmed)) return Number(trimmed);
  const amount = withUnit.exec(trimmed)?.[1];
  return amount === undefined ? undefined : Math.round(Number(amount) * 1024);
}
