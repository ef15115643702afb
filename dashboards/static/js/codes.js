// The reason codes of verdicts, in the order of their digit keys; the same as sinks/verdict_codes.py has (a test compares).

export const CODES = {
  infringing: ["counterfeit", "unlicensed_mark", "copied_picture", "false_patent_claim", "lookalike_design", "other_infringement"],
  not_infringing: [
    "licensed",
    "own_shop",
    "genuine_resale",
    "parallel_import",
    "compatible_part",
    "descriptive",
    "other_goods",
    "wrong_match",
    "right_not_in_force",
    "other_innocent",
  ],
};
