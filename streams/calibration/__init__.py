"""From verdicts to a calibration: read, proposed, and put in force where the settings say so."""
