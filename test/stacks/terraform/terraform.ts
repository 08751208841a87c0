import { execFile } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { SST_HOME } from "../paths.ts";
import { REGION } from "../synth/mocks.ts";
import type { PlannedChange } from "./differences.ts";
import type { TerraformResources } from "./export.ts";
import type { ProviderSchema } from "./schema.ts";
import { findMirror, PROVIDER_VERSION } from "./tools.ts";

interface Diagnostic {
  readonly severity: "error" | "warning";
  readonly summary: string;
  readonly detail?: string;
  readonly address?: string;
}

/** What is served at an endpoint that stands for AWS. */
interface Access {
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Whether STS answers there: the provider asks it for the account. */
  readonly hasSts: boolean;
}

/** An emulator takes any key. */
const EMULATED: Access = {
  region: REGION,
  accessKeyId: "emulated",
  secretAccessKey: "emulated",
  hasSts: true,
};

/** Terraform does most of its work waiting. */
const PARALLELISM = "-parallelism=20";
const MEGABYTE = 1024 * 1024;

/** Terraform in a folder of its own, with the provider of the mirror and without a network. */
export class Terraform {
  readonly #directory: string;
  readonly #access: Access;

  private constructor(directory: string, access: Access) {
    this.#directory = directory;
    this.#access = access;
  }

  /** An empty folder with the provider. */
  static async init(name: string, access = EMULATED): Promise<Terraform> {
    const directory = join(SST_HOME, "terraform", name);
    rmSync(directory, { recursive: true, force: true });
    mkdirSync(directory, { recursive: true });
    const terraform = new Terraform(directory, access);
    writeFileSync(
      join(directory, "terraformrc"),
      `provider_installation {\n  filesystem_mirror {\n    path = ${JSON.stringify(findMirror())}\n  }\n}\n`,
    );
    terraform.#write("provider", {
      terraform: {
        required_providers: { aws: { source: "hashicorp/aws", version: PROVIDER_VERSION } },
      },
      provider: {
        aws: {
          region: access.region,
          s3_use_path_style: true,
          skip_credentials_validation: !access.hasSts,
          skip_requesting_account_id: !access.hasSts,
        },
      },
    });
    await terraform.#run(["init", "-input=false", "-no-color"]);
    return terraform;
  }

  async schema(): Promise<ProviderSchema> {
    const { provider_schemas } = JSON.parse(await this.#run(["providers", "schema", "-json"])) as {
      provider_schemas: Readonly<Record<string, ProviderSchema>>;
    };
    const [schema] = Object.values(provider_schemas);
    if (!schema) throw new Error("Terraform has no provider");
    return schema;
  }

  /** What it is about from now on. */
  describe(resource: TerraformResources): void {
    this.#write("resources", { resource });
  }

  /** The errors alone: the components' deprecated arguments are theirs. */
  async validate(): Promise<readonly string[]> {
    const answer = await this.#run(["validate", "-json"]).catch(outputOf);
    const { diagnostics } = JSON.parse(answer) as { diagnostics: readonly Diagnostic[] };
    return diagnostics
      .filter(({ severity }) => severity === "error")
      .map(({ address, summary, detail }) => `${address}: ${summary}: ${detail}`);
  }

  async apply(endpoint: string): Promise<void> {
    await this.#run(["apply", "-auto-approve", "-input=false", "-no-color", PARALLELISM], endpoint);
  }

  /** What an apply would change now. */
  async plan(endpoint: string): Promise<readonly PlannedChange[]> {
    await this.#run(["plan", "-out=plan", "-input=false", "-no-color", PARALLELISM], endpoint);
    const { resource_changes = [] } = JSON.parse(await this.#run(["show", "-json", "plan"])) as {
      resource_changes?: readonly PlannedChange[];
    };
    return resource_changes;
  }

  async destroy(endpoint: string): Promise<void> {
    await this.#run(
      ["destroy", "-auto-approve", "-input=false", "-no-color", PARALLELISM],
      endpoint,
    );
  }

  /** The addresses of what there is. */
  async made(): Promise<readonly string[]> {
    return (await this.#run(["state", "list"])).split("\n").filter((line) => line !== "");
  }

  #write(name: string, content: unknown): void {
    writeFileSync(join(this.#directory, `${name}.tf.json`), JSON.stringify(content, null, 2));
  }

  async #run(args: readonly string[], endpoint?: string): Promise<string> {
    const { stdout } = await promisify(execFile)("terraform", args, {
      cwd: this.#directory,
      maxBuffer: 64 * MEGABYTE,
      env: this.#environment(endpoint),
    });
    return stdout;
  }

  /** None of the caller's own: nothing here may reach a real account. */
  #environment(endpoint = "http://127.0.0.1:9"): NodeJS.ProcessEnv {
    return {
      PATH: process.env.PATH,
      HOME: this.#directory,
      TF_CLI_CONFIG_FILE: join(this.#directory, "terraformrc"),
      TF_IN_AUTOMATION: "1",
      CHECKPOINT_DISABLE: "1",
      AWS_ENDPOINT_URL: endpoint,
      AWS_EC2_METADATA_DISABLED: "true",
      AWS_ACCESS_KEY_ID: this.#access.accessKeyId,
      AWS_SECRET_ACCESS_KEY: this.#access.secretAccessKey,
    };
  }
}

/** What a command said that failed. */
function outputOf(error: unknown): string {
  const { stdout } = error as { readonly stdout?: string };
  if (!stdout) throw error;
  return stdout;
}
