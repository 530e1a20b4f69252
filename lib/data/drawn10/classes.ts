import type { ClassLabel } from "../dataset.ts";
import { basket } from "./classes/basket.ts";
import { bison } from "./classes/bison.ts";
import { bucket } from "./classes/bucket.ts";
import { dowitcher } from "./classes/dowitcher.ts";
import { drum } from "./classes/drum.ts";
import { siamang, titi } from "./classes/monkey.ts";
import { mushroom } from "./classes/mushroom.ts";
import { vault } from "./classes/vault.ts";
import { zucchini } from "./classes/zucchini.ts";
import type { Scene } from "./scene.ts";
import type { PlaceName } from "./scenes/places.ts";

/** A class with the places where it is found and the function that draws it. */
export interface DrawnClass extends ClassLabel {
  /** A place listed twice is twice as likely. */
  readonly places: readonly [PlaceName, ...PlaceName[]];
  draw(scene: Scene): void;
}

const thingPlaces = ["room", "room", "room", "hall", "meadow", "beach"] as const;
const monkeyPlaces = ["canopy", "canopy", "canopy", "wood"] as const;

/** The ten classes, in the article's order and with ImageNet's ids. */
export const drawnClasses: readonly DrawnClass[] = [
  { id: "n02909870", name: "bucket", places: thingPlaces, draw: bucket },
  { id: "n13037406", name: "gyromitra", places: ["wood", "wood", "meadow"], draw: mushroom },
  { id: "n04523525", name: "vault", places: ["hall", "room"], draw: vault },
  { id: "n04204238", name: "shopping basket", places: thingPlaces, draw: basket },
  {
    id: "n02410509",
    name: "bison",
    places: ["prairie", "prairie", "prairie", "wood", "shore"],
    draw: bison,
  },
  {
    id: "n02033041",
    name: "dowitcher",
    places: ["shore", "shore", "beach", "prairie"],
    draw: dowitcher,
  },
  { id: "n02493509", name: "titi", places: monkeyPlaces, draw: titi },
  { id: "n03249569", name: "drum", places: thingPlaces, draw: drum },
  {
    id: "n07716358",
    name: "zucchini",
    places: ["room", "room", "wood", "meadow"],
    draw: zucchini,
  },
  { id: "n02483708", name: "siamang", places: monkeyPlaces, draw: siamang },
];

/** A bucket, a drum and a zucchini. */
const things = ["n02909870", "n03249569", "n07716358"] as const;

/** The classes that appear in the background of other classes' images, by place. */
export const companions: Readonly<Record<PlaceName, readonly string[]>> = {
  room: things,
  hall: things,
  meadow: things,
  beach: [...things, "n02033041"],
  shore: ["n02033041", "n02909870"],
  prairie: ["n02033041", "n02909870"],
  wood: ["n13037406", "n02909870", "n07716358"],
  canopy: [],
};
