import { readFile } from "node:fs/promises";
import { join } from "node:path";

/**
 * What AWS's own policy for execution roles allows of what one machine has. The role that AWS's console
 * makes with it is in most task definitions that are brought along.
 */
const AWS_EXECUTION_ROLE = {
  name: "ecsTaskExecutionRole",
  policy: {
    Version: "2012-10-17",
    Statement: [
      { Effect: "Allow", Action: ["logs:CreateLogStream", "logs:PutLogEvents"], Resource: "*" },
    ],
  },
} as const;

/**
 * What a role of one machine may do: `roles/NAME.json` in the data directory, an IAM policy document.
 * It is read whenever a task gets keys, so that a change needs no restart.
 *
 * @throws Error where there is such a file and it is no JSON object
 */
export async function rolePolicy(directory: string, name: string): Promise<object | undefined> {
  const path = join(directory, `${name}.json`);
  const text = await readFile(path, "utf8").catch(ignoreMissing);
  if (text === undefined) {
    return name === AWS_EXECUTION_ROLE.name ? AWS_EXECUTION_ROLE.policy : undefined;
  }
  const policy: unknown = JSON.parse(text);
  if (typeof policy === "object" && policy !== null) return policy;
  throw new Error(`${path} holds no policy document`);
}

function ignoreMissing(error: unknown): undefined {
  if ((error as { code?: unknown }).code === "ENOENT") return undefined;
  throw error;
}
