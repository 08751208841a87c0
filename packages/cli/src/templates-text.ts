/** What `GET /v1/placement-templates` answers of one template. */
export interface Template {
  readonly name: string;
  readonly description: string;
  readonly placementStrategy: readonly object[];
  readonly placementConstraints: readonly object[];
}

/** The templates with the options of `aws ecs create-service` and `run-task` that they stand for. */
export const templatesText = (templates: readonly Template[]): string =>
  templates.map(templateText).join("\n\n");

function templateText(template: Template): string {
  return [
    template.name,
    `  ${template.description}`,
    ...option("--placement-strategy", template.placementStrategy),
    ...option("--placement-constraints", template.placementConstraints),
  ].join("\n");
}

const option = (name: string, value: readonly object[]): readonly string[] =>
  value.length > 0 ? [`  ${name} '${JSON.stringify(value)}'`] : [];
