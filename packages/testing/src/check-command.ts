import { schemasOf } from "@berth/contracts/ecs-api/schemas";
import { responseFaults } from "./response-faults.ts";

type AnyCommand = (...given: readonly unknown[]) => Promise<unknown>;

const CHECKED = new WeakSet<AnyCommand>();

/** The command, which fails with what in its answer is not as the SDK's schema of the operation has it. */
export function checked(operation: string, command: AnyCommand): AnyCommand {
  const { output } = schemasOf(operation);
  const checkedCommand: AnyCommand = async (...given) => {
    const answer = await command(...given);
    const faults = responseFaults(output, answer);
    if (faults.length > 0) throw new Error(`${operation} answers: ${faults.join("; ")}`);
    return answer;
  };
  CHECKED.add(checkedCommand);
  return checkedCommand;
}

/** Whether this is a command as tests get them. */
export const isChecked = (command: AnyCommand): boolean => CHECKED.has(command);
