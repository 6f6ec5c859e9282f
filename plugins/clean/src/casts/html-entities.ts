import { type Sql, sql } from '@sillage/sdk'

/**
 * The names of HTML 4 and those of HTML 5 for signs of ASCII, which is what shops and page builders write, each with its character's number
 * to the base 36. Written out, though a library knows them: it is eight modules that each check of a pipeline with a contract would load. A
 * test compares.
 */
export const namedEntities: ReadonlyMap<string, string> = new Map(
  'quot:y amp:12 lt:1o gt:1q apos:13 nbsp:4g iexcl:4h cent:4i pound:4j curren:4k yen:4l brvbar:4m sect:4n uml:4o copy:4p ordf:4q laquo:4r not:4s shy:4t reg:4u macr:4v deg:4w plusmn:4x sup2:4y sup3:4z acute:50 micro:51 para:52 middot:53 cedil:54 sup1:55 ordm:56 raquo:57 frac14:58 frac12:59 frac34:5a iquest:5b Agrave:5c Aacute:5d Acirc:5e Atilde:5f Auml:5g Aring:5h AElig:5i Ccedil:5j Egrave:5k Eacute:5l Ecirc:5m Euml:5n Igrave:5o Iacute:5p Icirc:5q Iuml:5r ETH:5s Ntilde:5t Ograve:5u Oacute:5v Ocirc:5w Otilde:5x Ouml:5y times:5z Oslash:60 Ugrave:61 Uacute:62 Ucirc:63 Uuml:64 Yacute:65 THORN:66 szlig:67 agrave:68 aacute:69 acirc:6a atilde:6b auml:6c aring:6d aelig:6e ccedil:6f egrave:6g eacute:6h ecirc:6i euml:6j igrave:6k iacute:6l icirc:6m iuml:6n eth:6o ntilde:6p ograve:6q oacute:6r ocirc:6s otilde:6t ouml:6u divide:6v oslash:6w ugrave:6x uacute:6y ucirc:6z uuml:70 yacute:71 thorn:72 yuml:73 OElig:9e oelig:9f Scaron:9s scaron:9t Yuml:ag fnof:b6 circ:jq tilde:kc Alpha:pd Beta:pe Gamma:pf Delta:pg Epsilon:ph Zeta:pi Eta:pj Theta:pk Iota:pl Kappa:pm Lambda:pn Mu:po Nu:pp Xi:pq Omicron:pr Pi:ps Rho:pt Sigma:pv Tau:pw Upsilon:px Phi:py Chi:pz Psi:q0 Omega:q1 alpha:q9 beta:qa gamma:qb delta:qc epsilon:qd zeta:qe eta:qf theta:qg iota:qh kappa:qi lambda:qj mu:qk nu:ql xi:qm omicron:qn pi:qo rho:qp sigmaf:qq sigma:qr tau:qs upsilon:qt phi:qu chi:qv psi:qw omega:qx thetasym:r5 upsih:r6 piv:ra ensp:6bm emsp:6bn thinsp:6bt zwnj:6bw zwj:6bx lrm:6by rlm:6bz ndash:6c3 mdash:6c4 lsquo:6c8 rsquo:6c9 sbquo:6ca ldquo:6cc rdquo:6cd bdquo:6ce dagger:6cg Dagger:6ch bull:6ci hellip:6cm permil:6cw prime:6cy Prime:6cz lsaquo:6d5 rsaquo:6d6 oline:6da frasl:6dg euro:6gc image:6j5 weierp:6jc real:6jg trade:6jm alefsym:6k5 larr:6mo uarr:6mp rarr:6mq darr:6mr harr:6ms crarr:6np lArr:6og uArr:6oh rArr:6oi dArr:6oj hArr:6ok forall:6ps part:6pu exist:6pv empty:6px nabla:6pz isin:6q0 notin:6q1 ni:6q3 prod:6q7 sum:6q9 minus:6qa lowast:6qf radic:6qi prop:6ql infin:6qm ang:6qo and:6qv or:6qw cap:6qx cup:6qy int:6qz there4:6r8 sim:6rg cong:6rp asymp:6rs ne:6sg equiv:6sh le:6sk ge:6sl sub:6te sup:6tf nsub:6tg sube:6ti supe:6tj oplus:6tx otimes:6tz perp:6ud sdot:6v9 lceil:6x4 rceil:6x5 lfloor:6x6 rfloor:6x7 lang:7vs rang:7vt loz:7gq spades:7kw clubs:7kz hearts:7l1 diams:7l2 AMP:12 LT:1o GT:1q QUOT:y COPY:4p REG:4u excl:x num:z dollar:10 percnt:11 lpar:14 rpar:15 ast:16 plus:17 comma:18 period:1a sol:1b colon:1m semi:1n equals:1p quest:1r commat:1s lsqb:2j lbrack:2j bsol:2k rsqb:2l rbrack:2l Hat:2m lowbar:2n grave:2o lcub:3f lbrace:3f verbar:3g vert:3g rcub:3h rbrace:3h Tab:9 NewLine:a Abreve:76 abreve:77 Amacr:74 amacr:75 Aogon:78 aogon:79 Cacute:7a cacute:7b Ccaron:7g ccaron:7h Dcaron:7i dcaron:7j Dstrok:7k dstrok:7l Ecaron:7u ecaron:7v Emacr:7m emacr:7n Eogon:7s eogon:7t Gbreve:7y gbreve:7z Idot:8g imath:8h inodot:8h Lstrok:8x lstrok:8y Nacute:8z nacute:90 Ncaron:93 ncaron:94 Odblac:9c odblac:9d Rcaron:9k rcaron:9l Sacute:9m sacute:9n Scedil:9q scedil:9r Tcaron:9w tcaron:9x Tcedil:9u tcedil:9v Udblac:a8 udblac:a9 Umacr:a2 umacr:a3 Uring:a6 uring:a7 Zacute:ah zacute:ai Zcaron:al zcaron:am Zdot:aj zdot:ak'
    .split(' ')
    .map((pair) => pair.split(':') as [string, string])
    .map(([name, code]) => [name, fromCode(code)] as const),
)
const entity = '^(#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});'
/** What browsers take &#128; to &#159; for (HTML, numeric character reference end state). */
export const windowsCharacters: string =
  '6gc 3l 6ca b6 6ce 6cm 6cg 6ch jq 6cw 9s 6d5 9e 3x al 3z 40 6c8 6c9 6cc 6cd 6ci 6c3 6c4 kc 6jm 9t 6d6 9f 4d am ag'
    .split(' ')
    .map(fromCode)
    .join('')

function fromCode(code: string): string {
  return String.fromCodePoint(Number.parseInt(code, 36))
}

/** A text with its HTML entities read once: `Tea &amp; Co` → `Tea & Co`, `&#039;` → `'`. What is none stays. */
export function decodedEntities(text: Sql): Sql {
  const chars = sql.join([...namedEntities].map(([name, char]) => sql`${name}: ${char}`))
  const name = sql`found.name`
  const number = sql`case when ${name} ilike '#x%' then try_cast('0x' || substr(${name}, 3) as integer) else try_cast(substr(${name}, 2) as integer) end`
  const numbered = sql`
    case
      when ${number} between 128 and 159 then substr(${windowsCharacters}, ${number} - 127, 1)
      when ${number} between 9 and 55295 or ${number} between 57344 and 1114111 then chr(${number})
    end
  `
  const char = sql`case when starts_with(${name}, '#') then ${numbered} else map {${chars}}[${name}] end`
  return sql`
    case
      when not contains(${text}, '&') then ${text}
      else array_to_string(
        list_transform(
          list_transform(
            string_split(${text}, '&'),
            lambda part, place: {
              part: part,
              sign: case when place = 1 then '' else '&' end,
              name: case when place = 1 then '' else regexp_extract(part, ${entity}, 1) end
            }
          ),
          lambda found: coalesce(${char} || substr(found.part, length(${name}) + 2), found.sign || found.part)
        ),
        ''
      )
    end
  `
}
