"""Given and family names to draw from. Nobody is meant; every address is at example.org."""

GIVEN_NAMES = """
Abigail Ada Aiden Aisha Alan Alejandra Alice Amara Amir Amy Ana Andre Angela Anika Anthony April
Arjun Audrey Beatriz Ben Bianca Brandon Brenda Brian Bridget Caleb Camila Carla Carlos Carmen
Cassandra Cecilia Chen Chloe Christina Claire Clara Curtis Cynthia Damon Danielle Darius David
Dawn Deborah Derek Desmond Diana Diego Dominic Dorothy Edith Eduardo Elaine Elena Elias Eliza
Emeka Emil Erica Esther Ethan Eugene Eva Farah Fatima Felicia Felix Fiona Frances Gabriel Gail
Gloria Grace Graham Greta Gustavo Hana Hannah Harold Hassan Heather Hector Helen Hugo Ian Imani
Ingrid Irene Iris Isaac Isabel Ivan Jamal James Janelle Jasmine Javier Jenna Jerome Joanna Joel
Jonah Jorge Josephine Joy Julia Julian June Kai Karen Karim Keisha Kenji Kenneth Kim Lakshmi
Lamar Laura Leah Leila Leo Leticia Liam Lila Linda Logan Lorenzo Lucia Luis Lydia Mai Marcus
Margaret Maria Mariam Marisol Mark Marta Mateo Maya Mei Melissa Michael Miguel Minh Miriam
Monica Naomi Nadia Nathan Neha Nia Nicholas Nina Noah Noelle Nora Olga Olivia Omar Oscar Pablo
Paige Patricia Patrick Paul Paula Peter Phoebe Priya Quinn Rachel Rafael Ramona Ravi Raymond
Rebecca Renee Ricardo Rita Robert Roberta Robin Rohan Roland Rosalind Ruben Ruth Sabrina Salma
Samuel Sandra Sanjay Sara Sergio Shanice Sharon Sheila Simon Sofia Sonia Stella Stephen Susan
Sylvia Tamara Tariq Teresa Theo Thomas Tiana Tobias Tracy Troy Valerie Vanessa Vera Victor
Vivian Wanda Wei Wendy Will Ximena Yara Yasmin Yolanda Yusuf Zara
""".split()  # noqa: SIM905 (read by people)

FAMILY_NAMES = """
Abbott Abebe Acosta Adeyemi Ahmed Allen Amari Andrade Arnold Asante Bailey Baker Banerjee
Barrett Bautista Becker Bell Bennett Bishop Blake Boateng Bowen Boyd Brennan Brooks Bryant Burke
Byrne Cabrera Callahan Campbell Cardoso Carver Castillo Chandler Chang Chavez Cho Choi Clay
Coleman Collins Conrad Contreras Cooper Cortez Craig Cruz Dalton Das Dawson Delgado Desai Diaz
Dixon Donovan Doyle Duarte Duffy Duncan Eaton Edwards Ellis Escobar Espinoza Farrell Ferrer
Fields Fischer Fleming Flores Foley Foster Fowler Franco Fraser Fuentes Gallagher Garner Gibbs
Gill Goldberg Gomez Goodwin Graves Greene Griffin Guerrero Gupta Hahn Hale Hansen Harmon Harper
Hayes Herrera Hicks Higgins Hill Hoang Hobbs Holt Horton Howell Huang Hughes Hunt Hussein Ibarra
Ingram Jacobs Jansen Jensen Jimenez Joseph Joshi Kane Kapoor Kaur Keller Kelley Khan Kim Kline
Knox Kowalski Kumar Lam Lambert Lane Le Leon Levy Lin Lopez Lowe Lozano Lucas Lynch Mack Malone
Mann Marsh Mason Mathis May McBride McCoy McKay Medina Mehta Mendez Mercer Meyer Mills Mitchell
Molina Montoya Moran Moss Mullen Munoz Nash Navarro Nelson Newton Nguyen Nichols Nolan Norris
Nunez Obi Ochoa Oliver Olsen Ortega Osborne Osei Owens Pace Padilla Palmer Park Parsons Patel
Pena Pereira Perkins Perry Pham Phelps Pierce Pope Porter Pratt Quintero Rahman Ramos Rao Reid
Reyes Rhodes Rios Rivas Rivera Robles Rogers Rojas Rosen Ross Rowe Ruiz Russo Salazar Salinas
Santos Sawyer Schmidt Schultz Serrano Shah Sharp Shaw Silva Simmons Singh Sloan Snyder Solis
Soto Sparks Stein Stokes Strickland Sutton Swanson Tanaka Tate Terrell Thornton Torres Tran
Tucker Valdez Valencia Vance Vargas Vasquez Vaughn Vega Velez Villarreal Vo Wade Walsh Walton
Ward Warner Watts Weaver Webb Weiss Wheeler Whitaker Wilcox Wise Wolfe Wong Woodard Wu Yamamoto
Yang Yates Yoon Young Zamora Zhang Zimmerman
""".split()  # noqa: SIM905 (read by people)
