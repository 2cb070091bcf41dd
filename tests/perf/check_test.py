"""The guard can fail."""

import unittest

from check import complaint


class Guard(unittest.TestCase):
    WAS = {"did": 7, "instructions": 1000}

    def test_lets_five_percent_pass_either_way(self):
        for instructions in (950, 1000, 1050):
            self.assertEqual(complaint("news", self.WAS, {"did": 7, "instructions": instructions}), "")

    def test_tells_of_more_and_of_less(self):
        self.assertIn("+5.1%", complaint("news", self.WAS, {"did": 7, "instructions": 1051}))
        self.assertIn("-5.1%", complaint("news", self.WAS, {"did": 7, "instructions": 949}))

    def test_tells_of_other_work_and_of_new_work(self):
        self.assertIn("other work", complaint("news", self.WAS, {"did": 8, "instructions": 1000}))
        self.assertIn("no baseline", complaint("news", None, self.WAS))


if __name__ == "__main__":
    unittest.main()
