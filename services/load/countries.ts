// Where the shop's customers live: first names, last names, streets and cities that go together.
import type { Region } from '../kit/control/document.ts'

export type Country = {
  code: string
  region: Region
  firstNames: readonly string[]
  lastNames: readonly string[]
  streets: readonly string[]
  /** City and the postal code of one of its districts. */
  cities: readonly (readonly [city: string, postalCode: string])[]
  /** True when the house number stands after the street's name. */
  numberLast: boolean
}

const words = (text: string) => text.split(' ')

export const countries: readonly Country[] = [
  {
    code: 'US',
    region: 'na',
    firstNames: words('Olivia Marcus Denise Tyler Grace Jamal Hannah Luis Naomi Caleb Renee Wesley'),
    lastNames: words('Carter Nguyen Ramirez Brooks Sullivan Washington Hayes Peterson Coleman Ortiz Reed Fischer'),
    streets: ['Maple Avenue', 'Lakeview Drive', 'Franklin Street', 'Cedar Lane', 'Juniper Road'],
    cities: [
      ['Portland, OR', '97205'],
      ['Austin, TX', '78704'],
      ['Madison, WI', '53703'],
      ['Denver, CO', '80211'],
    ],
    numberLast: false,
  },
  {
    code: 'CA',
    region: 'na',
    firstNames: words('Amélie Liam Chloe Ethan Maude Noah Priya Gabriel Sophie Owen'),
    lastNames: words('Tremblay MacDonald Gagnon Singh Roy Campbell Lavoie Morrison Chan Fraser'),
    streets: ['Rue Saint-Denis', 'Bloor Street', 'Granville Street', 'Elgin Street'],
    cities: [
      ['Montréal, QC', 'H2J 2L1'],
      ['Toronto, ON', 'M5S 1X4'],
      ['Vancouver, BC', 'V6Z 1L2'],
    ],
    numberLast: false,
  },
  {
    code: 'MX',
    region: 'na',
    firstNames: words('Valentina Diego Ximena Emilio Renata Andrés Camila Joaquín'),
    lastNames: words('Hernández Castillo Morales Vargas Delgado Ríos Cervantes Luna'),
    streets: ['Calle Hidalgo', 'Avenida Juárez', 'Calle Morelos', 'Paseo de la Reforma'],
    cities: [
      ['Ciudad de México', '06700'],
      ['Guadalajara', '44100'],
      ['Puebla', '72000'],
    ],
    numberLast: true,
  },
  {
    code: 'DE',
    region: 'eu',
    firstNames: words('Annika Jonas Leonie Matthias Greta Felix Svenja Tobias Carla Henrik'),
    lastNames: words('Schneider Hoffmann Krüger Lindner Vogel Brandt Neumann Seidel Winkler Albrecht'),
    streets: ['Gartenstraße', 'Lindenallee', 'Kantstraße', 'Am Markt'],
    cities: [
      ['Leipzig', '04107'],
      ['Hamburg', '22765'],
      ['Freiburg', '79098'],
    ],
    numberLast: true,
  },
  {
    code: 'FR',
    region: 'eu',
    firstNames: words('Camille Antoine Léa Mathieu Élodie Hugo Manon Bastien Inès Rémi'),
    lastNames: words('Moreau Lefèvre Girard Rousseau Fontaine Chevalier Marchand Perrin Leclerc Barbier'),
    streets: ['rue des Lilas', 'rue Victor Hugo', 'place de la République', 'rue du Moulin'],
    cities: [
      ['Lyon', '69002'],
      ['Nantes', '44000'],
      ['Toulouse', '31000'],
    ],
    numberLast: false,
  },
  {
    code: 'PL',
    region: 'eu',
    firstNames: words('Zofia Jakub Hanna Mateusz Magdalena Piotr Alicja Tomasz'),
    lastNames: words('Nowak Zieliński Wójcik Kamiński Dąbrowski Mazur Krawczyk Pawlak'),
    streets: ['ulica Długa', 'ulica Polna', 'ulica Ogrodowa', 'aleja Lipowa'],
    cities: [
      ['Kraków', '31-042'],
      ['Gdańsk', '80-831'],
      ['Wrocław', '50-106'],
    ],
    numberLast: true,
  },
  {
    code: 'ES',
    region: 'eu',
    firstNames: words('Lucía Álvaro Marta Sergio Irene Pablo Nuria Adrián'),
    lastNames: words('Navarro Serrano Iglesias Romero Vidal Molina Cano Prieto'),
    streets: ['Calle Mayor', 'Calle del Sol', 'Avenida del Puerto', 'Plaza Nueva'],
    cities: [
      ['Valencia', '46003'],
      ['Bilbao', '48005'],
      ['Sevilla', '41001'],
    ],
    numberLast: true,
  },
  {
    code: 'JP',
    region: 'asia',
    firstNames: words('Haruka Kenta Yui Daichi Sakura Ren Aoi Takumi Misaki Shota'),
    lastNames: words('Tanaka Kobayashi Yoshida Matsumoto Inoue Kimura Shimizu Hayashi Mori Ikeda'),
    streets: ['Sakuragaoka', 'Honcho', 'Midorigaoka', 'Asahi'],
    cities: [
      ['Kyoto', '604-8005'],
      ['Sapporo', '060-0042'],
      ['Fukuoka', '810-0001'],
    ],
    numberLast: true,
  },
  {
    code: 'IN',
    region: 'asia',
    firstNames: words('Ananya Rohan Kavya Arjun Meera Vikram Ishita Siddharth Nandini Karthik'),
    lastNames: words('Iyer Sharma Mukherjee Reddy Kulkarni Menon Kapoor Desai Banerjee Pillai'),
    streets: ['MG Road', 'Park Street', 'Temple Road', 'Lake Gardens'],
    cities: [
      ['Bengaluru', '560001'],
      ['Pune', '411004'],
      ['Kolkata', '700016'],
    ],
    numberLast: false,
  },
  {
    code: 'KR',
    region: 'asia',
    firstNames: words('Jiwoo Minjun Seoyeon Hyunwoo Yuna Jihoon Eunji Taeyang'),
    lastNames: words('Kim Park Choi Jung Kang Yoon Lim Han'),
    streets: ['Teheran-ro', 'Sejong-daero', 'Haeundae-ro', 'Garosu-gil'],
    cities: [
      ['Seoul', '06236'],
      ['Busan', '48094'],
      ['Daegu', '41911'],
    ],
    numberLast: false,
  },
  {
    code: 'SG',
    region: 'asia',
    firstNames: words('Hui-Min Wei-Jie Nurul Darren Siti Marcus Rachel Farhan'),
    lastNames: words('Tan Lim Ong Goh Rahman Teo Koh Ismail'),
    streets: ['Tiong Bahru Road', 'Serangoon Road', 'Joo Chiat Place', 'Holland Avenue'],
    cities: [['Singapore', '168731']],
    numberLast: false,
  },
]
