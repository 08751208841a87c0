import { Ajv2020 } from "ajv/dist/2020.js";
import type { APIGatewayProxyStructuredResultV2 } from "aws-lambda";

type Paths = Readonly<Record<string, Readonly<Record<string, DocumentedAnswers>>>>;

interface DocumentedAnswers {
  readonly responses: Readonly<
    Record<string, { readonly content?: Readonly<Record<string, object>> }>
  >;
}

/** Source: RFC 3339. */
const DATE_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/;
const DOCUMENT = "openapi";

/** Holds answers to an OpenAPI document. */
export class OpenApiCheck {
  readonly #paths: Paths;
  readonly #ajv = new Ajv2020({ strict: false, allErrors: true });

  constructor(document: Readonly<Record<string, unknown>>) {
    this.#paths = document["paths"] as Paths;
    this.#ajv.addFormat("date-time", DATE_TIME);
    for (const format of ["int32", "int64", "double"]) this.#ajv.addFormat(format, true);
    this.#ajv.addSchema(document, DOCUMENT);
  }

  /** What in an answer is not as the document has it. */
  faults(
    method: string,
    path: string,
    answer: APIGatewayProxyStructuredResultV2,
  ): readonly string[] {
    const template = this.#template(method, path);
    const body = answer.body ?? "";
    if (template === undefined) return this.#against(PROBLEM, JSON.parse(body));
    const { status, content } = this.#documented(template, method, String(answer.statusCode));
    if (!content) return body === "" ? [] : [`${status} has a body`];
    const type = String(answer.headers?.["content-type"]);
    if (!(type in content)) return [`${status} is of type ${type}`];
    const steps = ["paths", template, method, "responses", status, "content", type, "schema"];
    const value: unknown = type.includes("json") ? JSON.parse(body) : body;
    return this.#against(steps.map(escape).join("/"), value);
  }

  #documented(template: string, method: string, statusCode: string) {
    const responses = this.#paths[template]?.[method]?.responses ?? {};
    const status = statusCode in responses ? statusCode : "default";
    return { status, content: responses[status]?.content };
  }

  #template(method: string, path: string): string | undefined {
    const fitting = Object.keys(this.#paths).filter(
      (template) => method in (this.#paths[template] ?? {}) && patternOf(template).test(path),
    );
    // As the router does: what says the path itself goes before what takes any.
    return fitting.find((template) => !template.includes("{")) ?? fitting[0];
  }

  #against(pointer: string, value: unknown): readonly string[] {
    const $ref = `${DOCUMENT}#/${pointer}`;
    const validate = this.#ajv.getSchema($ref) ?? this.#ajv.compile({ $ref });
    if (validate(value)) return [];
    return (validate.errors ?? []).map(
      ({ instancePath, message, params }) => `${instancePath} ${message} ${JSON.stringify(params)}`,
    );
  }
}

const PROBLEM = "components/schemas/Problem";

const patternOf = (template: string): RegExp =>
  new RegExp(`^${template.replaceAll(/\{\w+\}/g, "[^/]+")}$`);

/** Source: RFC 6901, and 3986 for what a fragment may hold. */
const escape = (step: string): string =>
  encodeURIComponent(step.replaceAll("~", "~0").replaceAll("/", "~1"));
