import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { defineSql, type Problem, type Sql, type SqlFacts, type Static, sql, t } from '@sillage/sdk'
import { cityForm } from './places/city-form.ts'

const config = t.object({
  postcode: t.column({ description: 'French postcode, five digits.' }),
  city: t.column({
    description: 'City as people write it: case, accents, hyphens, St and CEDEX do not matter.',
  }),
  prefix: t.optional(t.text({ description: 'Put before the names of the new columns.', default: '' })),
})
type Config = Static<typeof config>

const made = [
  'commune_code',
  'commune',
  'departement_code',
  'departement',
  'region_code',
  'region',
  'population',
  'departement_population',
  'commune_match',
]
const data = join(
  dirname(createRequire(import.meta.url).resolve('@etalab/decoupage-administratif/package.json')),
  'data',
)

export default defineSql<Config>({
  name: 'enrich/communes',
  summary: 'Finds the French commune of a postcode and city, with its département, région and population.',
  description: `
The reference is the official list (Cog of Insee with postcodes, package \`@etalab/decoupage-administratif\`, Etalab). \`commune_match\`
says how it was found: \`exact\` (postcode and city), \`former\` (the city is now part of that commune), \`postcode\` (the city is not known,
and the postcode has one commune only), \`none\`. \`population\` is the number of inhabitants of
the commune, \`departement_population\` that of its département (the sum of its communes); there are no coordinates and no areas in the reference.`,
  config,
  rows: 'same',
  incremental: 'by_row',
  examples: [
    {
      title: 'Cities as people write them',
      with: { postcode: 'cp', city: 'ville' },
      inputs: {
        input: {
          columns: { cp: 'varchar', ville: 'varchar' },
          rows: [
            ['21200', 'beaune cedex'],
            ['33330', 'St Emilion'],
            ['75012', 'PARIS 12'],
            ['99999', 'Nulle-Part'],
          ],
        },
      },
      rows: [
        {
          cp: '21200',
          ville: 'beaune cedex',
          commune_code: '21054',
          commune: 'Beaune',
          departement_code: '21',
          departement: "Côte-d'Or",
          region_code: '27',
          region: 'Bourgogne-Franche-Comté',
          population: 20352,
          departement_population: 540100,
          commune_match: 'exact',
        },
        {
          cp: '33330',
          ville: 'St Emilion',
          commune_code: '33394',
          commune: 'Saint-Émilion',
          departement_code: '33',
          departement: 'Gironde',
          region_code: '75',
          region: 'Nouvelle-Aquitaine',
          population: 1608,
          departement_population: 1690493,
          commune_match: 'exact',
        },
        {
          cp: '75012',
          ville: 'PARIS 12',
          commune_code: '75056',
          commune: 'Paris',
          departement_code: '75',
          departement: 'Paris',
          region_code: '11',
          region: 'Île-de-France',
          population: 2103778,
          departement_population: 2103778,
          commune_match: 'exact',
        },
        {
          cp: '99999',
          ville: 'Nulle-Part',
          commune_code: null,
          commune: null,
          departement_code: null,
          departement: null,
          region_code: null,
          region: null,
          population: null,
          departement_population: null,
          commune_match: 'none',
        },
      ],
    },
  ],
  check: ({ config: options, columns }) => {
    const names = new Set(columns.map((column) => column.name))
    return made
      .filter((name) => names.has((options.prefix ?? '') + name))
      .map(
        (name): Problem => ({
          path: ['prefix'],
          code: 'column_taken',
          message: `The input has a column "${(options.prefix ?? '') + name}" already`,
          hint: 'set prefix',
        }),
      )
  },
  sql: compile,
})

function compile({ config: options, columns, input }: SqlFacts<Config>): Sql {
  const prefix = options.prefix ?? ''
  const name = (column: string): Sql => sql.id(prefix + column)
  const field = (column: string): Sql =>
    sql`coalesce(exact.place, former.place, only_one.place).${sql.id(column)} as ${name(column)}`
  return sql`
    with names as (
      ${referenceNames()}
    ),
    exact as (
      select postcode, city, min_by(place, place.commune_code) as place from names where is_current group by all
    ),
    former as (
      select postcode, city, min_by(place, place.commune_code) as place from names where not is_current group by all
    ),
    only_one as (
      select postcode, min_by(place, place.commune_code) as place from names where is_current group by all having count(distinct place.commune_code) = 1
    )
    select ${sql.join(columns.map((column) => sql`i.${sql.id(column.name)}`))},
      ${sql.lines(made.slice(0, -1).map(field))},
      case when exact.place is not null then 'exact' when former.place is not null then 'former' when only_one.place is not null then 'postcode' else 'none' end as ${name('commune_match')}
    from (select *, ${cityForm(sql.id(options.city))} as _city from ${input}) i
    left join exact on exact.postcode = i.${sql.id(options.postcode)} and exact.city = i._city
    left join former on former.postcode = i.${sql.id(options.postcode)} and former.city = i._city
    left join only_one on only_one.postcode = i.${sql.id(options.postcode)}
  `
}

/** One row for each postcode and name: communes of today under their own name, former ones under theirs with the commune of today. */
function referenceNames(): Sql {
  const communes = sql`read_json(${join(data, 'communes.json')}, format = 'array', columns = {code: 'varchar', nom: 'varchar', departement: 'varchar', region: 'varchar', type: 'varchar', "chefLieu": 'varchar', "codesPostaux": 'varchar[]', population: 'bigint'})`
  const named = (file: string): Sql =>
    sql`read_json(${join(data, file)}, format = 'array', columns = {code: 'varchar', nom: 'varchar'})`
  return sql`
    select unnest(coalesce(c."codesPostaux", today."codesPostaux")) as postcode, ${cityForm(sql`c.nom`)} as city, c.type = 'commune-actuelle' as is_current,
      {commune_code: today.code, commune: today.nom, departement_code: today.departement, departement: d.nom, region_code: today.region, region: r.nom, population: today.population, departement_population: inhabitants.n} as place
    from ${communes} c
    join (select * from ${communes} where type = 'commune-actuelle') today on today.code = case when c.type = 'commune-actuelle' then c.code else c."chefLieu" end
    left join (select departement, sum(population)::bigint as n from ${communes} where type = 'commune-actuelle' group by departement) inhabitants on inhabitants.departement = today.departement
    left join ${named('departements.json')} d on d.code = today.departement
    left join ${named('regions.json')} r on r.code = today.region
  `
}
