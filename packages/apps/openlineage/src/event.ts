/** An event of OpenLineage, as it is written and sent. */
export interface LineageEvent {
  readonly eventType: 'START' | 'COMPLETE' | 'FAIL' | 'ABORT'
  /** UTC, ISO. */
  readonly eventTime: string
  readonly run: { readonly runId: string; readonly facets: Facets }
  readonly job: { readonly namespace: string; readonly name: string; readonly facets: Facets }
  readonly inputs: readonly Dataset[]
  readonly outputs: readonly Dataset[]
  readonly producer: string
  readonly schemaURL: string
}

export type Facets = Readonly<Record<string, Facet>>

export interface Facet {
  readonly _producer: string
  readonly _schemaURL: string
  readonly [field: string]: unknown
}

/** A dataset by its name, unique in its namespace. */
export interface DatasetName {
  readonly namespace: string
  readonly name: string
}

export interface Dataset extends DatasetName {
  readonly facets?: Facets
  readonly outputFacets?: Facets
}

export const eventSchema = 'https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent'

/** The versions of the facets that are written; the last is Sillage's own (rows-facet.schema.json). */
const facetSchemas = {
  schema: 'https://openlineage.io/spec/facets/1-1-1/SchemaDatasetFacet.json#/$defs/SchemaDatasetFacet',
  columnLineage:
    'https://openlineage.io/spec/facets/1-2-0/ColumnLineageDatasetFacet.json#/$defs/ColumnLineageDatasetFacet',
  outputStatistics:
    'https://openlineage.io/spec/facets/1-0-2/OutputStatisticsOutputDatasetFacet.json#/$defs/OutputStatisticsOutputDatasetFacet',
  parent: 'https://openlineage.io/spec/facets/1-1-0/ParentRunFacet.json#/$defs/ParentRunFacet',
  errorMessage:
    'https://openlineage.io/spec/facets/1-0-1/ErrorMessageRunFacet.json#/$defs/ErrorMessageRunFacet',
  jobType: 'https://openlineage.io/spec/facets/2-0-3/JobTypeJobFacet.json#/$defs/JobTypeJobFacet',
  documentation:
    'https://openlineage.io/spec/facets/1-0-1/DocumentationJobFacet.json#/$defs/DocumentationJobFacet',
  sillage_rows: 'urn:sillage:facet:rows:1-0-0#/$defs/RowsRunFacet',
} as const

export type FacetName = keyof typeof facetSchemas

/** Makes facets: each says who made it and what its shape is. */
export type FacetMaker = (name: FacetName, fields: Readonly<Record<string, unknown>>) => Facets

export function facetMaker(producer: string): FacetMaker {
  return (name, fields) => ({ [name]: { _producer: producer, _schemaURL: facetSchemas[name], ...fields } })
}
