import {
  defineSql,
  type Problem,
  placeColumns,
  type Sql,
  type SqlFacts,
  type Static,
  sql,
  t,
} from '@sillage/sdk'
import { cityForm } from './places/city-form.ts'
import { communeNames, nameClass } from './places/commune-names.ts'

const config = t.object({
  postcode: t.column({ description: 'French postcode, five digits.' }),
  city: t.column({
    description:
      'City as people write it: case, accents, œ or oe, hyphens, St, s/ and ss, the article and CEDEX do not matter.',
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
export default defineSql<Config>({
  name: 'enrich/communes',
  summary: 'Finds the French commune of a postcode and city, with its département, région and population.',
  description: `
The reference is the official list (Cog of Insee with postcodes, package \`@etalab/decoupage-administratif\`, Etalab). \`commune_match\`
says how it was found:

- \`exact\`: postcode and city
- \`former\`: the city is now part of that commune
- \`city\`: the city is the only commune of that name in the département, and the postcode is another's or none's, such as that of a CEDEX
- \`postcode\`: the city is no commune's name, and the postcode has one commune only
- \`elsewhere\`: the city is a commune, but none of this postcode, and not the only one of that name in the département; nothing is chosen
- \`none\`

A row never gets a commune other than the one that it names. \`population\` is the number of inhabitants of
the commune, \`departement_population\` that of its département (the sum of its communes); there are no coordinates and no areas in the reference.`,
  config,
  rows: 'same',
  incremental: 'by_row',
  carries: true,
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

function compile({ config: options, columns, input, carries }: SqlFacts<Config>): Sql {
  const prefix = options.prefix ?? ''
  const name = (column: string): Sql => sql.id(prefix + column)
  const field = (column: string): Sql =>
    sql`coalesce(here.place, around.place, case when known.city is null and codes.communes = 1 then codes.place end).${sql.id(column)} as ${name(column)}`
  const postcode = sql`i.${sql.id(options.postcode)}`
  return sql`
    with names as (
      ${communeNames()}
    ),
    here as (
      ${bestBy(sql`unnest(postcodes)`, 'postcode', nameClass.former)}
    ),
    around as (
      ${bestBy(sql`area`, 'area', -1)}
    ),
    known as (
      select distinct city from names
    ),
    codes as (
      select postcode, min_by(place, place.commune_code) as place, count(distinct place.commune_code) as communes
      from (select unnest(postcodes) as postcode, place from names where class = ${nameClass.current})
      group by postcode
    )
    select ${sql.join([...columns.map(({ name }) => name), ...(carries ? placeColumns : [])].map((name) => sql`i.${sql.id(name)}`))},
      ${sql.lines(made.slice(0, -1).map(field))},
      case
        when here.place is not null then case when here.class in (${nameClass.current}, ${nameClass.currentWithoutArticle}) then 'exact' else 'former' end
        when around.place is not null then 'city'
        when known.city is not null and codes.postcode is not null then 'elsewhere'
        when codes.communes = 1 then 'postcode'
        else 'none'
      end as ${name('commune_match')}
    from (
      select *, ${cityForm(sql.id(options.city))} as _city,
        ${areaOf(sql.id(options.postcode))} as _area
      from ${input}
    ) i
    left join here on here.postcode = ${postcode} and here.city = i._city
    left join around on around.area = i._area and around.city = i._city
    left join known on known.city = i._city
    left join codes on codes.postcode = ${postcode}
  `
}

/** The first digits say the département; the CEDEX of La Réunion begin with 977. */
function areaOf(postcode: Sql): Sql {
  return sql`
    case
      when starts_with(${postcode}, '977') then '974'
      when starts_with(${postcode}, '97') or starts_with(${postcode}, '98') then left(${postcode}, 3)
      else left(${postcode}, 2)
    end
  `
}

/**
 * The place of each name within a postcode or an area: of the best class that has the name, and only where that is one commune. Up to
 * \`loose\`, homonyms of one postcode are the one with the smallest code.
 */
function bestBy(scope: Sql, as: string, loose: number): Sql {
  return sql`
    select ${sql.id(as)}, city, class, place
    from (
      select ${sql.id(as)}, city, class, min_by(place, place.commune_code) as place, count(distinct place.commune_code) as communes
      from (select ${scope} as ${sql.id(as)}, city, class, place from names)
      group by all
    )
    where class <= ${loose} or communes = 1
    qualify row_number() over (partition by ${sql.id(as)}, city order by class) = 1
  `
}
