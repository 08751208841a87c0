import { type Template, templatesText } from "../templates-text.ts";
import { type RestOptions, say, withBerth } from "../with-berth.ts";

/** `berth templates`: the named placements, as options of the AWS CLI. Returns the exit code. */
export const templates = (options: RestOptions): Promise<number> =>
  withBerth(options, async (berth) => {
    const answer = (await berth("GET", "/v1/placement-templates")) as {
      readonly templates: readonly Template[];
    };
    say(options, answer, templatesText(answer.templates));
  });
