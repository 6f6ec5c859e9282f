const uri = { type: 'string', format: 'uri' }
const facet = (properties: object, required: readonly string[]) => ({
  type: 'object',
  properties: { _producer: uri, _schemaURL: uri, ...properties },
  required: ['_producer', '_schemaURL', ...required],
})
const name = { namespace: { type: 'string', minLength: 1 }, name: { type: 'string', minLength: 1 } }
const inputField = {
  type: 'object',
  properties: {
    ...name,
    field: { type: 'string' },
    transformations: {
      type: 'array',
      items: {
        type: 'object',
        properties: { type: { enum: ['DIRECT', 'INDIRECT'] }, subtype: { type: 'string' } },
        required: ['type'],
      },
    },
  },
  required: ['namespace', 'name', 'field'],
}
const dataset = {
  type: 'object',
  properties: {
    ...name,
    facets: {
      type: 'object',
      properties: {
        schema: facet(
          {
            fields: {
              type: 'array',
              items: {
                type: 'object',
                properties: { name: { type: 'string' }, type: { type: 'string' } },
                required: ['name'],
              },
            },
          },
          [],
        ),
        columnLineage: facet(
          {
            fields: {
              type: 'object',
              additionalProperties: {
                type: 'object',
                properties: { inputFields: { type: 'array', items: inputField } },
                required: ['inputFields'],
              },
            },
          },
          ['fields'],
        ),
      },
      additionalProperties: facet({}, []),
    },
    outputFacets: {
      type: 'object',
      properties: { outputStatistics: facet({ rowCount: { type: 'integer' } }, ['rowCount']) },
      additionalProperties: facet({}, []),
    },
  },
  required: ['namespace', 'name'],
}
const uuid = { type: 'string', format: 'uuid' }

/** The core of the specification 2-0-2 (RunEvent, Run, Job, datasets, facets) as JSON Schema, with the shapes of the facets that are written. */
export const eventSchema = {
  type: 'object',
  properties: {
    eventType: { enum: ['START', 'RUNNING', 'COMPLETE', 'ABORT', 'FAIL', 'OTHER'] },
    eventTime: { type: 'string', format: 'date-time' },
    producer: uri,
    schemaURL: { const: 'https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent' },
    run: {
      type: 'object',
      properties: {
        runId: uuid,
        facets: {
          type: 'object',
          properties: {
            parent: facet(
              {
                run: { type: 'object', properties: { runId: uuid }, required: ['runId'] },
                job: { type: 'object', properties: name, required: ['namespace', 'name'] },
              },
              ['run', 'job'],
            ),
            errorMessage: facet({ message: { type: 'string' }, programmingLanguage: { type: 'string' } }, [
              'message',
              'programmingLanguage',
            ]),
            sillage_rows: { $ref: 'urn:sillage:facet:rows:1-0-0#/$defs/RowsRunFacet' },
          },
          additionalProperties: facet({}, []),
        },
      },
      required: ['runId'],
    },
    job: {
      type: 'object',
      properties: { ...name, facets: { type: 'object', additionalProperties: facet({}, []) } },
      required: ['namespace', 'name'],
    },
    inputs: { type: 'array', items: dataset },
    outputs: { type: 'array', items: dataset },
  },
  required: ['eventTime', 'producer', 'schemaURL', 'run', 'job'],
}
