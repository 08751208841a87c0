import { EXIT_CODES } from "@berth/contracts/local/installation";

/** `berth logs … | head -1` ends with its reader. */
export function endWithReader(): void {
  process.stdout.on("error", () => process.exit(EXIT_CODES.ok));
}
