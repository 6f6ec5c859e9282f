const head = 'program:'

/** The schema of the tables of a program: what is there was left by a run that did not come to the end of the step. */
export function programSchema(stage: string): string {
  return `${head}${stage}`
}

/** The stage of a schema of such tables; undefined for any other schema. */
export function stageOfSchema(schema: string): string | undefined {
  return schema.startsWith(head) ? schema.slice(head.length) : undefined
}
