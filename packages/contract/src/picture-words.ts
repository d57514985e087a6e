// The words under a picture: 256 things that can be seen and said, in each language one list; the same place is the same thing.
// The order must never change: both sides of a comparison find their words by it.

const list = (text: string): readonly string[] => text.trim().split(/\s+/);

export const pictureWords = {
  en: list(`
  apple anchor ant arrow axe badge bag ball banana bank barrel basket bat bath bean bear beaver bed
  bee bell belt berry bicycle bird blanket boat bone book boot bottle bowl box branch bread brick
  bridge broom brush bucket bus butter butterfly button cable cactus cake camel camera candle canoe
  carpet carrot castle cat cave chain chair chalk cheese cherry chess chimney church circus city
  clay cloud clover coat coffee coin comb compass copper coral corn cotton cow crab crane cream
  crown cucumber cup curtain dance deer desert desk diamond dice doctor dog dolphin donkey door dove
  dragon dress drum duck dust eagle ear earth egg elbow elephant engine eye fabric fan farmer
  feather fence ferry field finger fire fish flag flame flea flower flute fog forest fork fountain
  fox frog garden garlic ghost giant ginger giraffe glass glove goat gold goose grape grass guitar
  hammer hand harbour hat hawk heart hedgehog helmet hen hill honey horn horse hotel house ice ink
  iron island ivy jacket jewel judge juice jungle kettle key king kitchen kite knee knife knight
  knot ladder lake lamb lamp lantern leaf leather lemon letter lighthouse lightning lion lizard lock
  magnet map marble market mask meadow medal melon mirror money monkey moon mountain mouse mouth
  mushroom music nail needle nest net night nose nurse nut oak ocean oil olive onion orange owl
  paint palace palm paper parrot peach pear pen pepper piano pig pillow pilot pipe pirate plate
  pocket potato pumpkin rabbit rain river rocket rope rose saddle sailor salt sand spoon tiger
  `),
  de: list(`
  Apfel Anker Ameise Pfeil Axt Abzeichen Tasche Ball Banane Bank Fass Korb Fledermaus Bad Bohne Bär
  Biber Bett Biene Glocke Gürtel Beere Fahrrad Vogel Decke Boot Knochen Buch Stiefel Flasche
  Schüssel Kiste Ast Brot Ziegel Brücke Besen Bürste Eimer Bus Butter Schmetterling Knopf Kabel
  Kaktus Kuchen Kamel Kamera Kerze Kanu Teppich Karotte Burg Katze Höhle Kette Stuhl Kreide Käse
  Kirsche Schach Schornstein Kirche Zirkus Stadt Ton Wolke Klee Mantel Kaffee Münze Kamm Kompass
  Kupfer Koralle Mais Baumwolle Kuh Krabbe Kran Sahne Krone Gurke Tasse Vorhang Tanz Hirsch Wüste
  Schreibtisch Diamant Würfel Arzt Hund Delfin Esel Tür Taube Drache Kleid Trommel Ente Staub Adler
  Ohr Erde Ei Ellbogen Elefant Motor Auge Stoff Ventilator Bauer Feder Zaun Fähre Feld Finger Feuer
  Fisch Fahne Flamme Floh Blume Flöte Nebel Wald Gabel Brunnen Fuchs Frosch Garten Knoblauch Geist
  Riese Ingwer Giraffe Glas Handschuh Ziege Gold Gans Traube Gras Gitarre Hammer Hand Hafen Hut
  Habicht Herz Igel Helm Henne Hügel Honig Horn Pferd Hotel Haus Eis Tinte Eisen Insel Efeu Jacke
  Juwel Richter Saft Dschungel Kessel Schlüssel König Küche Papierdrachen Knie Messer Ritter Knoten
  Leiter See Lamm Lampe Laterne Blatt Leder Zitrone Brief Leuchtturm Blitz Löwe Eidechse Schloss
  Magnet Landkarte Murmel Markt Maske Wiese Medaille Melone Spiegel Geld Affe Mond Berg Maus Mund
  Pilz Musik Nagel Nadel Nest Netz Nacht Nase Krankenschwester Nuss Eiche Ozean Öl Olive Zwiebel
  Apfelsine Eule Farbe Palast Palme Papier Papagei Pfirsich Birne Stift Pfeffer Klavier Schwein
  Kissen Pilot Rohr Pirat Teller Hosentasche Kartoffel Kürbis Hase Regen Fluss Rakete Seil Rose
  Sattel Matrose Salz Sand Löffel Tiger
  `),
} as const;
