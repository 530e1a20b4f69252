/** What GTSRB's signs mean, by their number; the data set itself has no names. */
export const gtsrbNames: readonly string[] = [
  ...["20", "30", "50", "60", "70", "80"].map((limit) => `Speed limit (${limit} km/h)`),
  "End of speed limit (80 km/h)",
  ...["100", "120"].map((limit) => `Speed limit (${limit} km/h)`),
  ...["No passing", "No passing for vehicles over 3.5 t", "Right-of-way at the next intersection"],
  ...[
    "Priority road",
    "Yield",
    "Stop",
    "No vehicles",
    "Vehicles over 3.5 t prohibited",
    "No entry",
  ],
  ...["General caution", "Dangerous curve to the left", "Dangerous curve to the right"],
  ...["Double curve", "Bumpy road", "Slippery road", "Road narrows on the right", "Road work"],
  ...["Traffic signals", "Pedestrians", "Children crossing", "Bicycles crossing", "Ice or snow"],
  ...["Wild animals crossing", "End of all limits", "Turn right ahead", "Turn left ahead"],
  ...["Ahead only", "Straight or right", "Straight or left", "Keep right", "Keep left"],
  ...["Roundabout mandatory", "End of no passing", "End of no passing for vehicles over 3.5 t"],
];
